import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { buildSchema, getVariableValues, parse, type OperationDefinitionNode } from 'graphql';
import { compilePlainVariables } from './plain-variables.ts';

const api = buildSchema('input In { a: Int } type Query { a(in: In, id: ID, float: Float): Int }');
const definitionsOf = (variables: string) => {
  const [operation] = parse(`query (${variables}) { a }`).definitions as readonly OperationDefinitionNode[];
  return operation?.variableDefinitions ?? [];
};

const types = ['String', 'Int!', 'ID', 'ID!', 'Float', 'Boolean!', 'Int = 3', 'Boolean'] as const;
const values = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    '',
    'x',
    0,
    -0,
    1.5,
    2 ** 31,
    -(2 ** 31),
    2 ** 60,
    true,
    NaN,
    Infinity,
    [],
    {},
  ),
  fc.integer(),
  fc.string(),
);

describe('a quick look at variables', () => {
  it('never accepts what the specification refuses', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), values, fc.boolean(), (type, value, isThere) => {
        const definitions = definitionsOf(`$v: ${type}`);
        const given = isThere ? { v: value } : {};
        const isFine = getVariableValues(api, definitions, given).errors === undefined;
        expect(compilePlainVariables(definitions)?.(given) === true && !isFine).toBe(false);
      }),
    );
  });
  it('accepts what clients usually send', () => {
    const isPlain = compilePlainVariables(
      definitionsOf('$a: Int!, $b: String, $c: ID!, $d: Boolean, $e: Float'),
    );
    expect(isPlain?.({ a: 1, b: 'x', c: 'id', d: false, e: 0.5 })).toBe(true);
    expect(isPlain?.({ a: 1, c: 7 })).toBe(true);
    expect(isPlain?.({ c: 7 })).toBe(false);
  });
  it('is not for inputs, lists and scalars of the schema', () => {
    for (const type of ['In', '[Int]', 'Any!'])
      expect(compilePlainVariables(definitionsOf(`$v: ${type}`))).toBeUndefined();
  });
});
