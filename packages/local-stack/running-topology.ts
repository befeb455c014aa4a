import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ownerOfDataDir } from './data-dir-lock.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { PostgresTopology, ShardUrls } from './postgres-topology.ts';
import { adminUrl } from './postgres-settings.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import { isAlive } from './process-lookup.ts';

/**
 * Where the servers of `dataDir` are that another process of this machine has started; undefined when none has. They
 * may stop at any moment: they are that process's.
 *
 * @throws {AppError} `DATA_DIR_IN_USE` while they are only starting, or stopping. Ask again.
 */
export const runningTopology = async (dataDir: string): Promise<PostgresTopology | undefined> => {
  const directory = resolve(dataDir);
  const pid = await ownerOfDataDir(directory);
  if (pid === undefined) return undefined;
  const home = (await textOf(join(directory, 'moved-to'))) || directory;
  const password = await textOf(join(home, 'password'));
  const names = (await readdir(home).catch(() => [])).filter((name) => /^shard-\d+$/.test(name));
  const found = await Promise.all(names.map((name) => shardOf(home, name, password)));
  const shards = found
    .flatMap((shard) => shard ?? [])
    .toSorted((left, right) => numberOf(left) - numberOf(right));
  if (shards.length === 0) throw localStackErrors.DATA_DIR_IN_USE({ directory, pid });
  return { shards };
};

/** Undefined when its primary is not up: a shard of an earlier, larger topology stays on disk untouched. */
const shardOf = async (home: string, name: string, password: string): Promise<ShardUrls | undefined> => {
  const roles = await readdir(join(home, name));
  const urls = new Map<string, string>();
  for (const role of roles) {
    const postmaster = await readPostmasterPid(join(home, name, role));
    // A crash leaves the file behind.
    if (postmaster?.status === 'ready' && isAlive(postmaster.pid))
      urls.set(role, adminUrl(postmaster.port, password));
  }
  const primary = urls.get('primary');
  if (primary === undefined) return undefined;
  const replicas = [...urls].filter(([role]) => role !== 'primary').toSorted(byRole);
  return { name, primary, replicas: replicas.map(([, url]) => url) };
};

const byRole = ([left]: readonly [string, string], [right]: readonly [string, string]): number =>
  left < right ? -1 : 1;

const numberOf = ({ name }: ShardUrls): number => Number(name.slice('shard-'.length));

const textOf = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trim();
