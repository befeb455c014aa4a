import { expect, it } from '@jest/globals';
import { findAmbientState } from './ambient-state.ts';
import { findFixedAddresses, findForgottenWork, findLeftOutTests, findMachineSecrets } from './clean-text.ts';
import { findMisplacedFiles } from './file-roles.ts';
import { findLongFiles, findLongFunctions } from './file-sizes.ts';
import { findForbiddenImports } from './import-arrows.ts';
import { readSourceTree } from './source-tree.ts';
import { findManifestMistakes } from './workspace-manifests.ts';

// All gates over one reading of the repository, which takes longer than all of them. That each of them can fail is
// shown beside it, on planted examples.
const tree = readSourceTree();

it.each([
  ['every import follows the arrows', findForbiddenImports],
  ['nobody but main.ts and the system clock asks for the environment or the time', findAmbientState],
  ['every file says by its name and place what it is', findMisplacedFiles],
  ['files are short', findLongFiles],
  ['functions fit on a screen', findLongFunctions],
  ['every manifest says what its workspace imports, and the compiler knows it too', findManifestMistakes],
  ['all tests run', findLeftOutTests],
  ['work that was put off has an issue number', findForgottenWork],
  ['nothing is true on one machine alone', findMachineSecrets],
])('%s', (_, find) => {
  expect(find(tree)).toEqual([]);
});

it('the lock names no address, so that every machine uses its own registry', () => {
  const lock = tree.get('package-lock.json') ?? '';
  expect(lock).toContain('"lockfileVersion"');
  expect(findFixedAddresses(lock)).toEqual([]);
});
