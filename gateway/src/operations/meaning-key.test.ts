import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, print, stripIgnoredCharacters } from 'graphql';
import { meaningKey } from './meaning-key.ts';

const keyOf = (source: string) => meaningKey(source, 10_000);

const spellings = [
  'query Q($n: Int = 3, $t: [String!]) { a(n: $n, t: $t, s: "x y", f: 1.5e3) @d { ...F ... on T { b: c } } } fragment F on T { d }',
  '{ a(s: "with \\"quotes\\" and \\n lines") }',
  '{ a(s: """block "quoted" text""") { b } }',
];

describe('the key of a text', () => {
  it.each(spellings)('is the same however it is spaced: %s', (source) => {
    const key = keyOf(source);
    expect(keyOf(print(parse(source)))).toBe(key);
    expect(keyOf(stripIgnoredCharacters(source))).toBe(key);
    expect(keyOf(`\uFEFF# comment { \n ${source.replaceAll('{', ',,{,\t\n')}`)).toBe(key);
  });

  it.each([
    ['{ a b }', '{ ab }'],
    ['{ a { b } }', '{ a b }'],
    ['{ a(s: "b") }', '{ a(s: b) }'],
    ['{ a(s: "b c") }', '{ a(s: "bc") }'],
    ['{ a(s: "b", t: "c") }', '{ a(s: "b\\nt\\n:\\nc") }'],
    ['query A { a }', 'query B { a }'],
    ['{ a(n: 1) }', '{ a(n: 1.0) }'],
    ['{ ...on }', '{ ... on }'.replace('on', 'On')],
  ])('is another one for another operation: %s and %s', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it('is the same exactly when what GraphQL itself leaves of the texts is', () => {
    const token = fc.constantFrom(
      'a',
      'b',
      '{',
      '}',
      '"a"',
      '"a b"',
      '...',
      '1',
      '"',
      '#a\n',
      ' ',
      ',',
      '\n',
    );
    const text = fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [left, right] = [stripped(one), stripped(other)];
        if (left === undefined || right === undefined) return;
        expect(keyOf(one) === keyOf(other)).toBe(left === right);
      }),
    );
  });

  it('is given up where it gets longer than wanted, and where a text is not made of tokens', () => {
    expect(meaningKey('a '.repeat(1_000_000), 100)).toBeUndefined();
    expect(keyOf('{ a(s: "')).toBeUndefined();
    expect(keyOf('{ ? }')).toBeUndefined();
  });
});

const stripped = (source: string): string | undefined => {
  try {
    return stripIgnoredCharacters(source);
  } catch {
    return undefined;
  }
};
