import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { schemaFacts } from '../schema-facts.ts';
import { compileEntityKey } from './entity-key.ts';
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
  compileRequires(selections, facts)({ ...entity });

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

describe('compileEntityKey', () => {
  const keyOf = compileEntityKey([on('House', field('a'), field('b')), on('Boat', field('a'))], facts);
  const house = { __typename: 'House', a: 'x', b: 'y' };

  it('is the same for entities that are told alike, and for no others', () => {
    expect(keyOf?.({ ...house, c: 1 })).toBe(keyOf?.(house));
    const others = [
      { ...house, a: 'xy', b: '' },
      { ...house, a: '1' },
      { ...house, a: 1 },
      { ...house, __typename: 'Boat' },
    ];
    expect(new Set([house, ...others].map((each) => keyOf?.(each))).size).toBe(5);
  });

  it('is left to a closer look where values are missing or not plain', () => {
    expect(keyOf?.({ ...house, a: null })).toBeUndefined();
    expect(keyOf?.({ a: 'x', b: 'y' })).toBeUndefined();
    expect(compileEntityKey([field('a', field('b'))], facts)).toBeUndefined();
  });
});
