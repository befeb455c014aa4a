import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A module of this project, read as text and loaded: the documents are made from both. */
export type LoadedModule = {
  /** Its source file, from the root. */
  readonly file: string;
  readonly source: string;
  readonly exports: Readonly<Record<string, unknown>>;
};

/** Where documents find their material: source files by their path from the root, and how to load one. */
export type Material = {
  readonly sources: ReadonlyMap<string, string>;
  readonly load: (file: string) => Promise<Readonly<Record<string, unknown>>>;
};

/**
 * The material of this repository. Beside their tests these functions run from source, and load sources; compiled, they
 * load what the compiler made of them, which therefore must be up to date.
 */
export const readMaterial = (): Material => {
  const root = repositoryRoot();
  const sources = new Map(
    rooms.flatMap((room) =>
      sourceFiles(root, room).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
    ),
  );
  const isCompiled = import.meta.url.endsWith('.js');
  return {
    sources,
    load: async (file) =>
      (await import(pathToFileURL(join(root, isCompiled ? compiledPath(file) : file)).href)) as Record<
        string,
        unknown
      >,
  };
};

/** Loads every source file that `isWanted`. */
export const loadModules = (
  { sources, load }: Material,
  isWanted: (file: string, source: string) => boolean,
): Promise<readonly LoadedModule[]> =>
  Promise.all(
    [...sources]
      .filter(([file, source]) => isWanted(file, source))
      .map(async ([file, source]) => ({ file, source, exports: await load(file) })),
  );

/** The folder with the lock, found from the source and from the build alike. */
export const repositoryRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
};

/** `packages/auth`, `subgraphs/users`, `gateway`: where a file is at home. */
export const roomOf = (file: string): string => roomPattern.exec(file)?.[0] ?? file;

const rooms = ['packages', 'subgraphs', 'gateway', 'scripts'];
const roomPattern = /^(?:(?:packages|subgraphs)\/[^/]+|gateway|scripts)/;

/** `subgraphs/users/src/a.ts` is compiled to `subgraphs/users/dist/a.js`, `packages/auth/b.ts` to `packages/auth/dist/b.js`. */
const compiledPath = (file: string): string => {
  const room = roomOf(file);
  const inside = file.slice(room.length + 1).replace(/^src\//, '');
  return `${room}/dist/${inside.replace(/\.ts$/, '.js')}`;
};

const sourceFiles = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : sourceFiles(root, path);
      return entry.name.endsWith('.ts') && !/\.(test|contract|fixture|d)\.ts$/.test(entry.name) ? [path] : [];
    })
    .sort();

const leftOut = new Set(['node_modules', 'dist', 'testing']);
