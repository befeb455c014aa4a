import { posix } from 'node:path';
import { builtinModules } from 'node:module';
import { roomOf } from './import-arrows.ts';
import { isTestCode, isTypeScript, type SourceTree } from './source-tree.ts';
import { parse } from './syntax.ts';

/**
 * Every workspace whose manifest, project references and imports say different things: a package imported and not
 * declared, so that a service installed alone would not start; an `@saas/` dependency without a reference or the other
 * way round, so that the compiler builds in the wrong order; a version that is not exact.
 */
export const findManifestMistakes = (tree: SourceTree): readonly string[] => {
  const root = manifestOf(tree, 'package.json');
  const rootFolders = [...tree.keys()]
    .filter((file) => /^[^/]+\/([^/]+\/)?package\.json$/.test(file))
    .map((file) => posix.dirname(file));
  return rootFolders.flatMap((folder) =>
    complaintsAbout(tree, folder, Object.keys(root.devDependencies ?? {})).map(
      (text) => `${folder}: ${text}`,
    ),
  );
};

type Manifest = {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

const complaintsAbout = (
  tree: SourceTree,
  folder: string,
  forTests: readonly string[],
): readonly string[] => {
  const { name: self, dependencies = {}, devDependencies = {} } = manifestOf(tree, `${folder}/package.json`);
  const imports = importsOf(tree, folder);
  const complaints: string[] = [];
  for (const { name, file } of imports) {
    if (name === self || name in dependencies) continue;
    if (isTestCode(file) && (forTests.includes(name) || name in devDependencies)) continue;
    complaints.push(`${name} is imported by ${file} and not declared`);
  }
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const isOurs = name.startsWith('@saas/');
    if (!isOurs && !/^\d+\.\d+\.\d+/.test(version))
      complaints.push(`the version of ${name} is not exact: ${version}`);
  }
  const declared = Object.keys(dependencies).filter((name) => name.startsWith('@saas/'));
  const referenced = referencesOf(tree, folder);
  for (const name of declared)
    if (!referenced.includes(name)) complaints.push(`tsconfig.json does not refer to ${name}`);
  for (const name of referenced)
    if (!declared.includes(name)) complaints.push(`package.json does not declare ${name}`);
  return complaints;
};

const importsOf = (tree: SourceTree, folder: string): readonly { name: string; file: string }[] => {
  const first = new Map<string, string>();
  for (const [file, source] of tree) {
    if (!file.startsWith(`${folder}/`) || !isTypeScript(file)) continue;
    for (const { specifier } of parse(source).imports) {
      const name = packageOf(specifier);
      // What the room itself runs is named before what its tests run.
      if (name !== undefined && (!first.has(name) || !isTestCode(file))) first.set(name, file);
    }
  }
  return [...first].map(([name, file]) => ({ name, file }));
};

const packageOf = (specifier: string): string | undefined => {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || builtinModules.includes(specifier))
    return undefined;
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
};

const manifestOf = (tree: SourceTree, file: string): Manifest =>
  JSON.parse(tree.get(file) ?? '{}') as Manifest;

const referencesOf = (tree: SourceTree, folder: string): readonly string[] => {
  const config = JSON.parse(tree.get(`${folder}/tsconfig.json`) ?? '{}') as {
    readonly references?: readonly { readonly path: string }[];
  };
  return (config.references ?? []).map(({ path }) => {
    const target = posix.join(folder, path);
    return manifestOf(tree, `${target}/package.json`).name ?? `@saas/${roomOf(`${target}/x`)}`;
  });
};
