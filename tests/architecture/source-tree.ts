import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every file a person wrote, by its path from the root, with its text. The gates are functions over such a map. */
export type SourceTree = ReadonlyMap<string, string>;

/**
 * Reads the whole repository as it lies on the disk: what is installed, built, generated for Prisma or private to this
 * machine is left out, and so is whatever is not text.
 */
export const readSourceTree = (root: string = repositoryRoot()): SourceTree => {
  const tree = new Map<string, string>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isForeign(path)) continue;
      if (entry.isDirectory()) visit(path);
      if (!entry.isFile()) continue;
      const text = readFileSync(join(root, path), 'utf8');
      if (!text.includes('\0')) tree.set(path, text);
    }
  };
  visit('');
  return tree;
};

/** The TypeScript that this project compiles. */
export const isTypeScript = (path: string): boolean => path.endsWith('.ts') && !path.endsWith('.d.ts');

/** Files that check others: unit tests, suites of ports, everything under `tests/` and what a port's suite needs. */
export const isTestCode = (path: string): boolean =>
  /\.(test|contract)\.ts$/.test(path) || path.startsWith('tests/') || path.includes('/testing/');

/** The text of the repository's files is found from the source and from the build alike. */
const repositoryRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!readdirSync(folder).includes('package-lock.json')) folder = dirname(folder);
  return folder;
};

const foreignFolders = new Set(['node_modules', 'dist', '.git', '.data', 'coverage']);

const isForeign = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    foreignFolders.has(name) ||
    name === '.env' ||
    /\.(log|tsbuildinfo)$/.test(name) ||
    /^prisma\/[^/]+\/client$/.test(path) ||
    /^bench\/results\/.*\.json$/.test(path)
  );
};
