import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { schemaFacts } from '../schema-facts.ts';
import type { RequiredSelection } from './plan-json.ts';
import { compileRequires } from './requires.ts';

const schema = buildSchema(`
  interface Thing { id: ID! } interface Big implements Thing { id: ID! }
  type House implements Thing & Big { id: ID! } type Boat implements Thing { id: ID! } union Either = House | Boat
  type Query { x: Either }`);
const facts = schemaFacts({ supergraph: schema, api: schema });

const field = (name: string, ...selections: RequiredSelection[]): RequiredSelection =>
  selections.length === 0 ? { kind: 'Field', name } : { kind: 'Field', name, selections };
const on = (typeCondition: string, ...selections: RequiredSelection[]): RequiredSelection => ({
  kind: 'InlineFragment',
  typeCondition,
  selections,
});

const told = (entity: object, ...selections: RequiredSelection[]) =>
  compileRequires(selections, facts, new Set())({ ...entity });

describe('compileRequires', () => {
  it('tells null as null and goes into lists of lists', () => {
    const entity = { a: null, rooms: [[{ size: 1, x: 1 }, null], []] };
    expect(told(entity, field('a'), field('rooms', field('size')))).toEqual({
      a: null,
      rooms: [[{ size: 1 }, null], []],
    });
  });

  it.each([
    ['a field', {}, field('a')],
    ['a field of an object', { a: {} }, field('a', field('b'))],
    ['a field in a list', { a: [{ b: 1 }, {}] }, field('a', field('b'))],
    ['an object that is a text', { a: 'text' }, field('a', field('b'))],
    ['a field of every object', {}, field('constructor')],
  ])('tells nothing when %s is missing', (_, entity, selection) => {
    expect(told(entity, selection)).toBeUndefined();
  });

  it('applies fragments by type, interface and union, and joins what they tell', () => {
    const house = { __typename: 'House', id: 1, at: { street: 'S', town: 'T' } };
    const selections = [
      on('House', field('at', field('street'))),
      on('Thing', field('at', field('town'))),
      on('Either', field('id')),
      on('Boat', field('sail')),
    ];
    expect(told(house, ...selections)).toEqual({ at: { street: 'S', town: 'T' }, id: 1 });
    expect(told({ __typename: 'Big', id: 1 }, on('Thing', field('id')))).toEqual({ id: 1 });
    expect(told({ id: 1 }, on('Thing', field('id')))).toEqual({});
  });
});
