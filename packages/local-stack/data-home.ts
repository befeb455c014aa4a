import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { canEnter } from './account.ts';
import { localStackErrors } from './local-stack.errors.ts';

/**
 * The directory that really holds the data of `dataDir`, which is `dataDir` itself whenever the account can reach it.
 *
 * Otherwise (root starts us, and `dataDir` is below a home that is closed to others) the data lives in a directory of
 * its own below /var/lib, and `dataDir` holds a note, `moved-to`, that says where. The note is obeyed at every later
 * start, so that the same data is found even after `dataDir` has become reachable; without the note (someone deleted
 * `dataDir`) the data is no longer wanted and is deleted.
 *
 * The caller holds the lock of `dataDir`.
 *
 * @throws {AppError} `DATA_DIR_DAMAGED` when the note points to nothing, or no directory can be reached.
 */
export const dataHome = async (
  dataDir: string,
  account: Account | undefined,
  log: (message: string) => void,
): Promise<string> => {
  const note = join(dataDir, 'moved-to');
  const noted = (await readFile(note, 'utf8').catch(() => '')).trim();
  if (noted !== '') {
    if (!(await isOurDirectory(noted))) throw localStackErrors.DATA_DIR_DAMAGED({ missing: noted });
    log(`The data of ${dataDir} is in ${noted}.`);
    return noted;
  }
  // Only the directory itself is ours to open, and only for passing through; not those above it.
  if (account !== undefined) await chmod(dataDir, (await lstat(dataDir)).mode | 0o011);
  if (account === undefined || (await canEnter(account, dataDir))) return dataDir;
  const home = await reachableHome(await realpath(dataDir), account);
  await writeFile(note, `${home}\n`);
  log(
    `The account of PostgreSQL (uid ${account.uid}) cannot enter ${dataDir}. Its data is kept in ${home} instead.`,
  );
  return home;
};

const reachableHome = async (dataDir: string, account: Account): Promise<string> => {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  for (const base of [
    '/var/lib/saas-local-stack',
    '/var/tmp/saas-local-stack-data',
    join(tmpdir(), 'saas-local-stack-data'),
  ]) {
    try {
      await mkdir(base, { recursive: true, mode: 0o711 });
      if (!(await isOurDirectory(base)) || !(await canEnter(account, base))) continue;
      const home = join(base, name);
      await rm(home, { recursive: true, force: true });
      await mkdir(home, { mode: 0o711 });
      await chmod(home, 0o711);
      return home;
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
    }
  }
  throw localStackErrors.DATA_DIR_DAMAGED({ unreachable: dataDir });
};

const isOurDirectory = async (path: string): Promise<boolean> => {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
};
