import { describe, expect, it } from '@jest/globals';
import { buildSchema, isLeafType } from 'graphql';
import { leafReader } from './leaf-values.ts';

const schema = buildSchema(
  'scalar Any enum Color { RED BLUE } type Query { a: Any c: Color i: ID b: Boolean f: Float n: Int }',
);

const read = (typeName: string, value: unknown): unknown => {
  const type = schema.getType(typeName);
  if (!isLeafType(type)) throw new Error(typeName);
  return leafReader(type)(value);
};

describe('leafReader', () => {
  it.each([
    ['String', ''],
    ['Int', 0],
    ['Int', -(2 ** 31)],
    ['Float', 1.5],
    ['Boolean', false],
    ['Color', 'RED'],
    ['Any', { anything: [1] }],
    ['ID', 'x'],
  ])('passes a %s like %j', (typeName, value) => {
    expect(read(typeName, value)).toBe(value);
  });

  it('makes texts of numeric ids', () => {
    expect(read('ID', 7)).toBe('7');
  });

  it.each([
    ['String', 1],
    ['Int', 1.5],
    ['Int', 2 ** 31],
    ['Int', '1'],
    ['Float', 'NaN'],
    ['Boolean', 'true'],
    ['Color', 'GREEN'],
    ['Color', 'toString'],
    ['ID', 1.5],
    ['ID', {}],
  ])('refuses a %s like %j', (typeName, value) => {
    expect(read(typeName, value)).toBeUndefined();
  });
});
