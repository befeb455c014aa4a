import { randomBytes } from 'node:crypto';
import { access, chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localStackErrors } from './local-stack.errors.ts';

/**
 * The superuser's password, made by chance at the first start and kept beside the data, readable by its owner alone.
 *
 * @throws {AppError} `DATA_DIR_DAMAGED` when there is data whose password is gone.
 */
export const ownPassword = async (home: string): Promise<string> => {
  const path = join(home, 'password');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined && known !== '') return known.trim();
  const hasData = await access(join(home, 'shard-0')).then(
    () => true,
    () => false,
  );
  if (hasData) throw localStackErrors.DATA_DIR_DAMAGED({ missing: path });
  const made = randomBytes(24).toString('base64url');
  await writeFile(path, `${made}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return made;
};

/** The ports of the last run by node; none when there was none. */
export const readPorts = async (home: string): Promise<Readonly<Record<string, number>>> => {
  const text = await readFile(join(home, 'topology.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { ports?: Record<string, number> }).ports ?? {};
};

/** Keeps the ports for the next run, all of them or none. */
export const writePorts = async (home: string, ports: Readonly<Record<string, number>>): Promise<void> => {
  const path = join(home, 'topology.json');
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, ports }, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
};
