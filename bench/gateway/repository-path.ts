import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path from the root of the repository, seen from the build. */
export const repositoryPath = (...parts: readonly string[]): string =>
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', ...parts);
