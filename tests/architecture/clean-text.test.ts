import { describe, expect, it } from '@jest/globals';
import { findFixedAddresses, findForgottenWork, findLeftOutTests, findMachineSecrets } from './clean-text.ts';

const file = (text: string, name = 'gateway/src/x.ts') => new Map([[name, text]]);

describe('tests', () => {
  it.each([
    'it.skip("x")',
    'describe.only("x")',
    'test.only.each([])("x")',
    'it.todo("x")',
    'xit("x")',
    'fdescribe("x")',
  ])('are noticed when left out by %s', (source) => {
    expect(findLeftOutTests(file(source)).length).toBeGreaterThan(0);
  });

  it('may depend on the machine', () => {
    expect(findLeftOutTests(file('(isRoot ? it : it.skip)("x")'))).toEqual([]);
    expect(findLeftOutTests(file('isRoot ? it.skip("x") : 1'))).toHaveLength(1);
  });

  it('may talk about it', () => {
    expect(
      findLeftOutTests(file('// it.skip("x")\nconst x = "describe.only"; page.skip(3); outfit();')),
    ).toEqual([]);
  });
});

describe('work put off', () => {
  it('is noticed without one', () => {
    expect(findForgottenWork(file('// TODO: later'))).toHaveLength(1);
    expect(findForgottenWork(file('// FIXME'))).toHaveLength(1);
    expect(findForgottenWork(file('// TODO(#12): later'))).toEqual([]);
  });

  it('is not a state of a task', () => {
    expect(findForgottenWork(file("status: 'TODO', x: TODO_COLUMN\n  TODO\n"))).toEqual([]);
  });
});

describe('what is true on one machine alone', () => {
  it.each([
    ['see ', 'work', 'notes.md'].join('/'),
    '"/home/ada/src"',
    'cd /Users/ada',
    'https://npm.example.com/react',
    'registry.example.org:4873',
  ])('is noticed in %s', (text) => {
    expect(findMachineSecrets(file(text))).toHaveLength(1);
  });

  it.each(['src/work/x.ts', '/usr/lib/rabbitmq/bin', './home/x', 'https://example.com/work/x'])(
    'is not %s',
    (text) => {
      expect(findMachineSecrets(file(text))).toEqual([]);
    },
  );
});

describe('the lock', () => {
  it('is noticed when it names an address', () => {
    expect(findFixedAddresses('  "resolved": "https://example.com/x.tgz",')).toHaveLength(1);
    expect(findFixedAddresses('  "resolved": "packages/auth",')).toEqual([]);
  });
});
