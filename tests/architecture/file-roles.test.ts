import { expect, it } from '@jest/globals';
import { findMisplacedFiles } from './file-roles.ts';

const complaintsAbout = (file: string, source = '') => findMisplacedFiles(new Map([[file, source]]));

it.each([
  ['packages/kernel/newId.ts', 'is not kebab-case'],
  ['packages/kernel/id.service.ts', '"service" is no role'],
  ['packages/kernel/string-case/utils.ts', '"utils" says nothing'],
  ['packages/shared/clock.ts', '"shared" says nothing'],
  ['subgraphs/users/src/account/account.ts', 'has no role'],
  ['subgraphs/users/src/start.ts', 'has no role'],
  ['subgraphs/users/src/account/values/email.values.ts', 'is more than one folder deep'],
  ['packages/postgres/rows/append/rows.ts', 'is more than one folder deep'],
  ['gateway/src/stages/index.ts', 'a door inside a room'],
])('notices that %s %s', (file, complaint) => {
  expect(complaintsAbout(file)).toEqual([`${file}: ${complaint}`]);
});

it('notices a default export', () => {
  expect(complaintsAbout('packages/kernel/clock.ts', 'export default 1;')).toHaveLength(1);
  expect(complaintsAbout('prisma/users/prisma.config.ts', 'export default {};')).toEqual([]);
});

it.each([
  'subgraphs/users/src/wiring.ts',
  'subgraphs/users/src/account/account.decider.test.ts',
  'packages/event-sourcing/command-handler.ts',
  'packages/event-sourcing/testing/index.ts',
  'gateway/src/stages/deadline.ts',
])('is content with %s', (file) => {
  expect(complaintsAbout(file)).toEqual([]);
});
