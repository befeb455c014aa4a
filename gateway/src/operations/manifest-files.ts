import { readFile } from 'node:fs/promises';
import type { OperationLimits } from '../admission/operation-limits.ts';
import { invalidManifests, readManifest, type PersistedOperation } from './manifest.ts';

/**
 * Reads the lists of persisted operations of all clients, in the order of the files.
 *
 * @throws {AppError} `PERSISTED_MANIFEST_INVALID`, with every mistake of every file; a file that cannot be read is one.
 */
export const readManifestFiles = async (
  files: readonly string[],
  limits: OperationLimits,
): Promise<readonly PersistedOperation[]> => {
  const read = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      const manifest =
        text === undefined
          ? { operations: [], problems: ['This file cannot be read.'] }
          : readManifest(text, limits);
      return { ...manifest, problems: manifest.problems.map((problem) => `${file}: ${problem}`) };
    }),
  );
  const problems = read.flatMap((each) => each.problems);
  if (problems.length > 0) throw invalidManifests(problems);
  return read.flatMap(({ operations }) => operations);
};
