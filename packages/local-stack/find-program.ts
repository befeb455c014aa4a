import { runAs, systemPath } from './account.ts';

/**
 * The path of the first of these programs that is there: absolute paths, or names to look up. Symbolic links are kept:
 * some programs are what they are called by.
 */
export const findProgram = async (candidates: readonly string[]): Promise<string | undefined> => {
  for (const candidate of candidates) {
    const { code, output } = await runAs(undefined, '/bin/sh', [
      '-c',
      'command -v -- "$1"',
      'find',
      candidate,
    ]);
    if (code === 0) return output.trim();
  }
  return undefined;
};

/** The directories in which a child finds programs: those of the system, and the given one. */
export const pathWith = (directory: string): string => `${directory}:${systemPath}`;
