import { describe, expect, it } from '@jest/globals';
import { findLongFiles, findLongFunctions } from './file-sizes.ts';

const lines = (count: number) => 'x();\n'.repeat(count);
const short = (count: number) =>
  Array.from({ length: count }, (_, index) => [`a/f${index}.ts`, lines(10)] as const);

describe('files', () => {
  it('are noticed when over the maximum, tests included', () => {
    const tree = new Map([...short(30), ['a/long.test.ts', lines(351)], ['a/fits.ts', lines(350)]]);
    expect(findLongFiles(tree)).toEqual(['a/long.test.ts: 351 lines, 350 at most']);
  });

  it('are noticed when too many are longer than usual', () => {
    const long = [['a/x.ts', lines(201)] as const, ['a/y.ts', lines(300)] as const];
    expect(findLongFiles(new Map([...short(38), ...long]))).toEqual([]);
    expect(findLongFiles(new Map([...short(30), ...long]))).toEqual([
      'more than 5 % have over 200 lines: a/x.ts (201), a/y.ts (300)',
    ]);
  });
});

describe('functions', () => {
  it('are not charged for what they hold: other functions, and text', () => {
    const inner = (name: string) => `const ${name} = () => {\n${lines(40)}};\n`;
    const text = '`' + '\ntext'.repeat(60) + '`';
    const source = `const outer = () => {\n${inner('a')}${inner('b')}\nreturn ${text};\n};`;
    expect(findLongFunctions(new Map([['a/x.ts', source]]))).toEqual([]);
  });

  it.each([
    ['export const big = () => {', '};'],
    ['export function big() {', '}'],
    ['class A { big() {', '} }'],
    ['const a = { big: async () => {', '} };'],
  ])('are noticed when they do not: %s', (opening, closing) => {
    const source = (count: number) => `// é\n${opening}\n${lines(count)}${closing}`;
    expect(findLongFunctions(new Map([['a/x.ts', source(49)]]))).toEqual([
      'a/x.ts:2: big has 51 lines, 50 at most',
    ]);
    expect(findLongFunctions(new Map([['a/x.ts', source(48)]]))).toEqual([]);
  });
});
