import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { schemaFacts } from '../schema-facts.ts';
import type { JsonObject } from './json-object.ts';
import type { RequiredSelection } from './plan-json.ts';
import { compileTelling } from './representation.ts';

const schema = buildSchema(`
  interface Thing { id: ID! } type House implements Thing { id: ID! } type Boat implements Thing { id: ID! }
  type Query { x: Thing }`);
const facts = schemaFacts({ supergraph: schema, api: schema });

const leaves = (typeCondition: string, ...names: string[]): RequiredSelection => ({
  kind: 'InlineFragment',
  typeCondition,
  selections: ['__typename', ...names].map((name) => ({ kind: 'Field', name })),
});
const selections = [leaves('House', 'a', 'b'), leaves('Thing', 'a'), leaves('Boat', 'c')];

const told = (entity: object, options: { unneeded?: string[]; isAltered?: boolean } = {}) => {
  const unneeded = new Set(options.unneeded);
  const alter = options.isAltered === true ? () => undefined : undefined;
  const typeName = (entity as JsonObject)['__typename'];
  return compileTelling({ selections, alter, unneeded }, facts)(typeName).write({ ...entity });
};

describe('compileTelling', () => {
  it('writes the text of leaves directly, the same as the text of the object', () => {
    const entity = fc.record(
      {
        __typename: fc.constantFrom('House', 'Boat', 'Car', 7),
        a: fc.jsonValue(),
        b: fc.oneof(fc.string(), fc.integer(), fc.constant(Infinity)),
        c: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(entity, fc.subarray(['a', 'b']), (each, unneeded) => {
        expect(told(each, { unneeded })).toBe(told(each, { unneeded, isAltered: true }));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('says which leaves make the whole difference', () => {
    const tellingOf = (...keys: readonly string[]) =>
      compileTelling({ selections: [leaves('Boat', ...keys)], alter: undefined, unneeded: new Set() }, facts);
    const boat = { __typename: 'Boat', c: 'x', d: 2 };
    expect(tellingOf('c', 'd')('Boat').readLeaves?.map((read) => read(boat))).toEqual(['x', 2]);
    expect(tellingOf()('Boat').readLeaves).toBeUndefined();
    const altered = {
      selections: [leaves('Boat', 'c')],
      alter: () => undefined,
      unneeded: new Set<string>(),
    };
    expect(compileTelling(altered, facts)('Boat').readLeaves).toBeUndefined();
  });

  it('cannot tell of who has no type', () => {
    expect(told({ a: 1, b: 2 })).toBeUndefined();
    expect(told({ __typename: 'Car', a: 1 })).toBeUndefined();
  });
});
