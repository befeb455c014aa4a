import { defaultExports, emptyNames, products, roles, subgraphFiles } from './file-rules.ts';
import { isTypeScript, type SourceTree } from './source-tree.ts';
import { parse } from './syntax.ts';

/**
 * Every file whose name does not say what it is: not kebab-case, a role that is not in the list, no role in a feature
 * folder, a name that says nothing, a folder too deep; and every default export that no tool asks for.
 */
export const findMisplacedFiles = (tree: SourceTree): readonly string[] =>
  [...tree].flatMap(([file, source]) => {
    if (!/\.(ts|js|mjs|cjs)$/.test(file)) return [];
    return complaintsAbout(file, source).map((complaint) => `${file}: ${complaint}`);
  });

const complaintsAbout = (file: string, source: string): readonly string[] => {
  const folders = file.split('/');
  const [noun = '', ...suffixes] = (folders.pop() ?? '').replace(/\.[a-z]+$/, '').split('.');
  const complaints: string[] = [];
  const words = [...folders, noun];
  if (!words.every((word) => /^\.?[a-z0-9]+(-[a-z0-9]+)*$/.test(word))) complaints.push('is not kebab-case');
  for (const word of words.filter((each) => emptyNames.includes(each)))
    complaints.push(`"${word}" says nothing`);
  const unknown = suffixes.filter((suffix) => !roles.includes(suffix) && !products.includes(suffix));
  for (const role of unknown) complaints.push(`"${role}" is no role`);
  if (isTooDeep(folders)) complaints.push('is more than one folder deep');
  if (needsRole(folders) && suffixes.length === 0 && !isTopOfSubgraph(folders, noun)) {
    complaints.push('has no role');
  }
  if (noun === 'index' && !isDoor(folders)) complaints.push('a door inside a room');
  const isTool = defaultExports.some((place) => place.test(file));
  if (isTypeScript(file) && !isTool && parse(source).hasDefaultExport)
    complaints.push('has a default export');
  return complaints;
};

/** Folders below the place where a room's code begins: its `src`, or the room itself where there is none. */
const depthOf = (folders: readonly string[]): number => {
  const roomDepth = /^(packages|subgraphs|prisma)$/.test(folders[0] ?? '') ? 2 : 1;
  const inside = folders.slice(roomDepth);
  return inside[0] === 'src' ? inside.length - 1 : inside.length;
};

// A contract case is a folder, and so is a set of recorded results.
const isTooDeep = (folders: readonly string[]): boolean =>
  depthOf(folders) > (folders[0] === 'tests' ? 2 : 1);

const needsRole = (folders: readonly string[]): boolean => folders[0] === 'subgraphs' && folders[2] === 'src';

const isTopOfSubgraph = (folders: readonly string[], noun: string): boolean =>
  depthOf(folders) === 0 && subgraphFiles.includes(noun);

const isDoor = (folders: readonly string[]): boolean =>
  depthOf(folders) === 0 || folders.at(-1) === 'testing';
