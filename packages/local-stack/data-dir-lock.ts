import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localStackErrors } from './local-stack.errors.ts';
import { birthOf, isAlive } from './process-lookup.ts';

/** The right to be the only one that uses a data directory. */
export type DataDirLock = { release(): Promise<void> };

/**
 * Makes the directory when it is absent, and takes the right to use it. The lock of a process that no longer exists is
 * taken over; a process that merely has the same id as the former owner does not count as it.
 *
 * @throws {AppError} `DATA_DIR_IN_USE` with the directory and the owner's process id.
 */
export const lockDataDir = async (directory: string): Promise<DataDirLock> => {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, birth: await birthOf(process.pid) });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, mine);
  try {
    while (!(await isLinked(draft, path))) {
      const found = await readFile(path, 'utf8').catch(() => '');
      const owner = await livingOwner(found);
      if (owner !== undefined) throw localStackErrors.DATA_DIR_IN_USE({ directory, pid: owner });
      await removeStale(path, found);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
};

/** The process that has the right to use the directory at this moment; undefined when none has. */
export const ownerOfDataDir = async (directory: string): Promise<number | undefined> =>
  livingOwner(await readFile(join(directory, 'lock'), 'utf8').catch(() => ''));

const isLinked = (draft: string, path: string): Promise<boolean> =>
  link(draft, path).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    },
  );

const livingOwner = async (text: string): Promise<number | undefined> => {
  const { pid, birth } = parseOwner(text);
  return pid > 0 && isAlive(pid) && (await birthOf(pid)) === birth ? pid : undefined;
};

const parseOwner = (text: string): { pid: number; birth: string } => {
  try {
    return JSON.parse(text) as { pid: number; birth: string };
  } catch {
    return { pid: 0, birth: '' };
  }
};

/** Two may find the same stale lock: whoever moved away a lock that is not the stale one puts it back. */
const removeStale = async (path: string, stale: string): Promise<void> => {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
};
