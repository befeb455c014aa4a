import { constants } from 'node:fs';
import { chmod, copyFile, lchown, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';

/** What a copy of a directory leaves out, who owns it and which permissions it has. */
export type CopyOptions = {
  readonly account?: Account | undefined;
  /** Whether to leave out this path, relative to the source, with `/` between its parts. */
  readonly skip?: (path: string) => boolean;
  /** The permission bits of the copy, from those of the original. */
  readonly mode?: (mode: number) => number;
};

/**
 * Copies a directory that others may be writing to: files that vanish meanwhile are left out. Shares blocks where the
 * file system can. The target must not exist.
 */
export const copyTree = async (
  source: string,
  target: string,
  options: CopyOptions = {},
  path = '',
): Promise<void> => {
  const from = join(source, path);
  const to = join(target, path);
  const original = await lstat(from).catch(vanished);
  if (original === undefined || (path !== '' && options.skip?.(path) === true)) return;
  if (original.isDirectory()) {
    await mkdir(to, { recursive: path === '' });
    const names = (await readdir(from).catch(vanished)) ?? [];
    await Promise.all(
      names.map((name) => copyTree(source, target, options, path === '' ? name : `${path}/${name}`)),
    );
  } else if (original.isSymbolicLink()) {
    await symlink(await readlink(from), to);
  } else if (original.isFile()) {
    const copied = await copyFile(from, to, constants.COPYFILE_FICLONE).then(() => true, vanished);
    if (copied === undefined) return;
  } else {
    return;
  }
  // Copies of files have the permissions of the original already; those of directories lack what the umask takes.
  if (original.isDirectory() || (original.isFile() && options.mode !== undefined)) {
    await chmod(to, (options.mode ?? ((mode) => mode))(original.mode & 0o7777));
  }
  if (options.account !== undefined) await lchown(to, options.account.uid, options.account.gid);
};

const vanished = (error: unknown): undefined => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
};
