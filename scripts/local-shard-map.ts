import { readFile, rename, writeFile } from 'node:fs/promises';
import { evenShardMap, formatShardMap, parseShardMap } from '@saas/postgres';

/**
 * The shard map of a local system: made at the first start and kept in `path`, for it must not change by itself when
 * the number of shards does.
 *
 * @throws {AppError} `SHARD_MAP_INVALID` when it names a shard that is not there any more.
 */
export const localShardMap = async (path: string, shards: readonly string[]): Promise<string> => {
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return formatShardMap(parseShardMap(known, shards));
  const made = formatShardMap(evenShardMap(shards));
  await writeFile(`${path}.new`, `${made}\n`);
  await rename(`${path}.new`, path);
  return made;
};
