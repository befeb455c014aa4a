import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { addPlace, openBatch } from './entity-batch.ts';
import type { JsonObject } from './json-object.ts';
import { compileTelling } from './representation.ts';
import type { SchemaFacts } from '../schema-facts.ts';

const facts = { applies: (condition: string, typeName: unknown) => condition === typeName } as SchemaFacts;
const keys = ['__typename', 'a', 'b', 'c'];
const selections = keys.map((name) => ({ kind: 'Field' as const, name }));
const cursor = { path: [], items: [] };
const done = () => undefined;

/** Few values, so that many entities are alike in part. */
const leaf = fc.constantFrom(0, 1, '0', '1', true, false, null, '', [1], [1, 2]);
const entity = fc.record({ __typename: fc.constantFrom('Car', 'Boat'), a: leaf, b: leaf, c: leaf });

it('every entity is told once, and points at its own text', () => {
  fc.assert(
    fc.property(fc.array(entity, { maxLength: 200 }), fc.array(entity, { maxLength: 20 }), (some, more) => {
      const telling = compileTelling({ selections, alter: undefined, unneeded: new Set() }, facts);
      const batch = openBatch(telling);
      for (const entities of [some, more]) addPlace(batch, entities, telling, { cursor, done });
      expect(new Set(batch.json).size).toBe(batch.json.length);
      for (const { targets, indexes } of batch.places) {
        targets.forEach((target: JsonObject, place) => {
          expect(JSON.parse(batch.json[indexes[place] ?? -1] ?? '')).toEqual(target);
        });
      }
      const told = batch.places.reduce((sum, { targets }) => sum + targets.length, 0);
      expect(told).toBe(some.length + more.length);
    }),
    { seed: 11, numRuns: 300 },
  );
});

it('an entity that learns more after it was told is another one from then on', () => {
  const telling = compileTelling({ selections, alter: undefined, unneeded: new Set() }, facts);
  const batch = openBatch(telling);
  const one = { __typename: 'Car', a: 1, b: 1, c: 1 };
  addPlace(batch, [one], telling, { cursor, done });
  one.b = 2;
  addPlace(batch, [one, { __typename: 'Car', a: 1, b: 1, c: 1 }], telling, { cursor, done });
  expect(batch.places.map(({ indexes }) => indexes)).toEqual([[0], [1, 0]]);
});
