import { describe, expect, it } from '@jest/globals';
import { AppError } from '@saas/kernel';
import { getIntrospectionQuery } from 'graphql';
import { admissionErrors, admissionStatuses } from './admission.errors.ts';
import { admitDocument } from './admit-document.ts';
import { defaultOperationLimits } from './operation-limits.ts';
import { parseDocument } from './parse-document.ts';

const admit = (source: string, limits = defaultOperationLimits) =>
  admitDocument(parseDocument(source, limits), limits);

const refusal = (source: string, limits = defaultOperationLimits): AppError => {
  try {
    admit(source, limits);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('was admitted');
};

const times = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ');

/** 12 fragments, each using the next one twice: 991 bytes that plan for seconds elsewhere. */
const bomb = `{userRoot{...F0}} ${times(
  12,
  (i) => `fragment F${i} on T{ id userOwn projectOwn a:nextuser{...F${i + 1}} b:nextuser{...F${i + 1}} }`,
)} fragment F12 on T{s notifOwn}`;

describe('what passes', () => {
  it('is measured as if fragments were written out', () => {
    const source = `query ($a: Int @x) @y { a: one { ...F } ...G } fragment F on T @z { b: two { __typename } }
      fragment G on Query { three { ...F ... @w { c: four } } }`;
    expect(admit(source)).toMatchObject({
      definitions: 3,
      depth: 3,
      rootFields: 2,
      aliases: 4,
      directives: 5,
      selections: 11,
      introspectionDepth: 0,
      unusedFragments: [],
    });
  });

  it('includes the introspection query of every tool', () => {
    const options = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true };
    const source = getIntrospectionQuery({ ...options, inputValueDeprecation: true, oneOf: true });
    expect(admit(source)).toMatchObject({ introspectionDepth: 1 });
  });

  it('may begin with a byte order mark, and hold any letters in strings and comments', () => {
    expect(admit('\uFEFF{ find(text: "{{{ ❤ 𝔘 \\" (((") { id } } # [[[')).toMatchObject({ depth: 2 });
    expect(admit('{ find(text: """ {{{ " \\""" (( """) { id } }')).toMatchObject({ depth: 2 });
  });
});

describe('what is refused', () => {
  it.each([
    ['a fragment bomb', bomb, 'OPERATION_SELECTIONS_EXCEEDED', 'selections'],
    ['deep nesting', '{a'.repeat(5_000) + '}'.repeat(5_000), 'OPERATION_NESTING_EXCEEDED', 'nesting'],
    ['a deep list type', `query($a:${'['.repeat(9_000)}`, 'OPERATION_NESTING_EXCEEDED', 'nesting'],
    ['a deep value', `{a(b:${'{c:['.repeat(4_000)}`, 'OPERATION_NESTING_EXCEEDED', 'nesting'],
    [
      'a long string',
      `{a(b:"""${'\n c'.repeat(100_000)}""")}`,
      'OPERATION_CHARACTERS_EXCEEDED',
      'characters',
    ],
    ['10,000 aliases', `{${times(10_000, (i) => `a${i}:b`)}}`, 'OPERATION_TOKENS_EXCEEDED', 'tokens'],
    ['300 aliases', `{a{${times(300, (i) => `a${i}:__typename`)}}}`, 'OPERATION_ALIASES_EXCEEDED', 'aliases'],
    ['60 root fields', `{${times(60, (i) => `f${i}`)}}`, 'OPERATION_ROOT_FIELDS_EXCEEDED', 'rootFields'],
    ['directives on a field', `{a${' @x'.repeat(300)}}`, 'OPERATION_DIRECTIVES_EXCEEDED', 'directives'],
    [
      'directives on variables',
      `query(${times(300, (i) => `$v${i}:Int @x`)}){a}`,
      'OPERATION_DIRECTIVES_EXCEEDED',
      'directives',
    ],
    [
      'directives in a fragment that is used often',
      `{${times(20, (i) => `f${i}{...F}`)}} fragment F on T{a${' @x'.repeat(11)}}`,
      'OPERATION_DIRECTIVES_EXCEEDED',
      'directives',
    ],
    ['40 fields deep', `${'{a'.repeat(40)}${'}'.repeat(40)}`, 'OPERATION_DEPTH_EXCEEDED', 'depth'],
    [
      'depth by fragments',
      `{...F0} ${times(40, (i) => `fragment F${i} on T{a{...F${i + 1}}}`)} fragment F40 on T{a}`,
      'OPERATION_DEPTH_EXCEEDED',
      'depth',
    ],
    [
      '600 fragments',
      `{a}${times(600, (i) => `fragment F${i} on T{a}`)}`,
      'OPERATION_DEFINITIONS_EXCEEDED',
      'definitions',
    ],
    ['one field 500 times', `{a{${'b '.repeat(500)}}}`, 'OPERATION_COMPARISONS_EXCEEDED', 'comparisons'],
    [
      'pairs in two levels',
      `{a{${`b{${'c '.repeat(30)}}`.repeat(30)}}}`,
      'OPERATION_COMPARISONS_EXCEEDED',
      'comparisons',
    ],
    [
      'many fragments in one place',
      `{a{${times(200, (i) => `...F${i}`)}}} ${times(200, (i) => `fragment F${i} on T{f${i}}`)}`,
      'OPERATION_COMPARISONS_EXCEEDED',
      'comparisons',
    ],
    ['an unused bomb', bomb.replace('...F0', 'id'), 'OPERATION_SELECTIONS_EXCEEDED', 'selections'],
    [
      'circular introspection',
      '{__schema{types{fields{type{fields{type{...F}}}}}}} fragment F on __Type{possibleTypes{name}}',
      'INTROSPECTION_DEPTH_EXCEEDED',
      'introspectionDepth',
    ],
  ])('%s', (_, source, code, limit) => {
    const error = refusal(source);
    expect(error.code).toBe(code);
    expect(error.fields).toEqual({ limit, max: expect.any(Number), actual: expect.any(Number) });
    expect(Number(error.fields['actual'])).toBeGreaterThan(Number(error.fields['max']));
  });

  it.each(['{...F} fragment F on T{a{...F}}', '{a} fragment F on T{...G} fragment G on T{... on T{...F}}'])(
    'is a fragment inside itself: %s',
    (source) => {
      expect(refusal(source).code).toBe('FRAGMENT_CYCLE');
    },
  );

  it.each([
    '',
    '   ',
    '{',
    '{a',
    '"',
    '"""',
    '{a(b:"',
    '#',
    '{a}}',
    '\u0000',
    '😀',
    '[[[',
    '{ a(b: "\\u{110000}") }',
  ])('is no GraphQL: %j', (source) => {
    expect(refusal(source).code).toBe('GRAPHQL_PARSE_FAILED');
  });

  it('is said to be where the text goes wrong, in few words', () => {
    const { fields } = refusal(`{ a\n  "${'x'.repeat(1_000)}" }`);
    expect(fields).toMatchObject({ line: 2, column: 3 });
    expect(String(fields['problem']).length).toBeLessThanOrEqual(120);
  });

  it('is a number beyond counting, which is said to be at least the largest', () => {
    const source = `{...F0} ${times(40, (i) => `fragment F${i} on T{...F${i + 1} ...F${i + 1}}`)} fragment F40 on T{a}`;
    expect(refusal(source).fields).toEqual({ limit: 'selections', max: 2_500, actual: 1_000_000_000 });
  });

  it('overflows no stack when the limit on nesting would let it', () => {
    const limits = {
      ...defaultOperationLimits,
      characters: 1_000_000,
      nesting: 1_000_000,
      tokens: 1_000_000,
    };
    expect(refusal('{a'.repeat(100_000), limits).code).toBe('OPERATION_NESTING_EXCEEDED');
  });
});

it('every refusal has an HTTP status of its own', () => {
  const codes = Object.keys(admissionErrors.definitions).filter((code) => code !== 'ERRORS_OMITTED');
  expect(Object.keys(admissionStatuses).toSorted()).toEqual(codes.toSorted());
});

it('limits are exact: what is at the limit passes, one more does not', () => {
  const { depth, selections } = admit('{ a { b c { d } } }');
  const at = { ...defaultOperationLimits, depth, selections };
  expect(() => admit('{ a { b c { d } } }', at)).not.toThrow();
  expect(refusal('{ a { b c { d } } }', { ...at, depth: depth - 1 }).code).toBe('OPERATION_DEPTH_EXCEEDED');
});
