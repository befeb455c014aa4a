import { describe, expect, it } from '@jest/globals';
import { buildSchema, isLeafType } from 'graphql';
import { textOf } from './json-sink.ts';
import { leafWriter } from './leaf-values.ts';

const schema = buildSchema(
  'scalar Any enum Color { RED BLUE } type Query { a: Any c: Color i: ID b: Boolean f: Float n: Int }',
);

const written = (typeName: string, value: unknown): string | undefined => {
  const type = schema.getType(typeName);
  if (!isLeafType(type)) throw new Error(typeName);
  const write = leafWriter(type);
  const json = textOf((sink) => {
    if (!write(value, sink)) expect(sink.length).toBe(0);
  });
  return json === '' ? undefined : json;
};

describe('leafWriter', () => {
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
    expect(written(typeName, value)).toBe(JSON.stringify(value));
  });

  it('makes texts of numeric ids', () => {
    expect(written('ID', 7)).toBe('"7"');
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
    expect(written(typeName, value)).toBeUndefined();
  });
});
