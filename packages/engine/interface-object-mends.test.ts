import { describe, expect, it } from '@jest/globals';
import { graphUnderTest } from './testing/graph-under-test.ts';

type Work = { readonly id: string; readonly __typename: string; readonly title: string };
const works: readonly Work[] = [
  { __typename: 'Book', id: 'b', title: 'Dunes' },
  { __typename: 'Film', id: 'f', title: 'Warmth' },
];
const workOf = ({ id }: { id: string }) => works.find((each) => each.id === id);

/** Reviews stand for works without knowing their types, and one of their fields requires something of the library. */
const graph = graphUnderTest([
  {
    name: 'library',
    sdl: `interface Work @key(fields: "id") { id: ID! title: String! }
      type Book implements Work @key(fields: "id") { id: ID! title: String! }
      type Film implements Work @key(fields: "id") { id: ID! title: String! }
      type Query { works: [Work!]! }`,
    resolvers: {
      Work: { __resolveReference: workOf },
      Book: { __resolveReference: workOf },
      Film: { __resolveReference: workOf },
      Query: { works: () => works },
    },
  },
  {
    name: 'reviews',
    sdl: `type Work @key(fields: "id") @interfaceObject {
      id: ID! title: String! @external teaser: String @requires(fields: "title") stars: Int }`,
    resolvers: {
      Work: {
        __resolveReference: (told: object) => {
          if (!('id' in told)) throw new Error('told without a key');
          return { stars: 5, ...told };
        },
        teaser: ({ title }: { title: string }) => `${title}!`,
      },
    },
  },
  {
    name: 'shop',
    sdl: `interface Sold { price: Int }
      type Book implements Sold @key(fields: "id") { id: ID! price: Int }
      type Ticket implements Sold { price: Int }
      type Query { sold: [Sold!]! }`,
    resolvers: {
      Query: {
        sold: () => [
          { __typename: 'Ticket', price: 1 },
          { __typename: 'Book', id: 'b', price: 2 },
        ],
      },
    },
  },
]);

describe('a field of an interface object that requires something', () => {
  it('costs objects of other types nothing', async () => {
    const { data, errors, problems } = await graph.ask('{ works { stars ... on Book { teaser } } }');
    expect(data).toEqual({ works: [{ stars: 5, teaser: 'Dunes!' }, { stars: 5 }] });
    expect([...errors, ...problems]).toEqual([]);
  });

  it('is not asked of objects whose key is not known', async () => {
    const { data, errors, calls } = await graph.ask('{ works { title ... on Book { teaser } } }');
    expect(data).toEqual({ works: [{ title: 'Dunes', teaser: 'Dunes!' }, { title: 'Warmth' }] });
    expect(errors).toEqual([]);
    expect(calls[1]?.representationsJson).toHaveLength(1);
  });
});

it('makes no call for the types of objects that nobody asks of', async () => {
  const { calls } = await graph.ask(
    'query ($a: Boolean!) { works { ... on Work { stars @include(if: $a) } } }',
    {
      variables: { a: false },
    },
  );
  expect(calls).toHaveLength(1);
});

it('asks nothing about objects that have no entity', async () => {
  const { data, errors } = await graph.ask('{ sold { price ... on Book { stars } } }');
  expect(data).toEqual({ sold: [{ price: 1 }, { price: 2, stars: 5 }] });
  expect(errors).toEqual([]);
});
