import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '@saas/config';

/**
 * Makes the directory and those above it when they are absent, and makes sure that it can be written to.
 *
 * @throws {ConfigError} naming `DATA_DIR` and the system's reason.
 */
export const requireDataDir = async (path: string): Promise<void> => {
  try {
    await make(resolve(path));
    await rmdir(await mkdtemp(join(path, '.probe-')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ConfigError([`DATA_DIR: this directory cannot be made or written to (${code})`]);
  }
};

/** One after the other from the top: below /proc, Node's own `recursive` never comes to an end. */
const make = async (directory: string): Promise<void> => {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  if (dirname(directory) !== directory) await make(dirname(directory));
  await mkdir(directory).catch((error: NodeJS.ErrnoException) => {
    // A rival made it, unless it is a file.
    if (error.code !== 'EEXIST' || found !== undefined) throw error;
  });
};
