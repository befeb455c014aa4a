import { describe, expect, it } from '@jest/globals';
import { graphUnderTest } from './testing/graph-under-test.ts';

type Told = {
  readonly id: string;
  readonly author?: { readonly years: number };
  readonly byNovice?: boolean;
};

const reference = { __resolveReference: (told: object) => told };

const graph = graphUnderTest([
  {
    name: 'one',
    sdl: `type Post @key(fields: "id") {
        id: ID! author: Author @shareable byNovice: Boolean @external
        byExpert: String @requires(fields: "byNovice")
        signed: String @requires(fields: "author { years }")
      }
      type Author @key(fields: "id") { id: ID! years: Int @external }`,
    resolvers: {
      Post: {
        ...reference,
        author: ({ id }: Told) => ({ id: `a${id}` }),
        byExpert: ({ byNovice }: Told) => (byNovice === false ? 'yes' : 'no'),
        signed: ({ author }: Told) => `${author?.years} years`,
      },
    },
  },
  {
    name: 'two',
    sdl: `type Query { feed: [Post] told: Post @provides(fields: "author { years }") }
      type Post @key(fields: "id") {
        id: ID! author: Author @external byNovice: Boolean @requires(fields: "author { years }")
      }
      type Author @key(fields: "id") { id: ID! years: Int @external }`,
    resolvers: {
      Query: {
        feed: () => [{ id: '1' }, { id: '2' }],
        told: () => ({ id: '2', author: { id: 'a2', years: 8 } }),
      },
      Post: { ...reference, byNovice: ({ author }: Told) => (author?.years ?? 0) < 5 },
    },
  },
  {
    name: 'three',
    sdl: 'type Author @key(fields: "id") { id: ID! years: Int @shareable } type Query { best: Post } type Post @key(fields: "id") { id: ID! }',
    resolvers: {
      Query: { best: () => ({ id: '2' }) },
      Author: { __resolveReference: ({ id }: Told) => ({ id, years: id === 'a1' ? 3 : 8 }) },
    },
  },
]);

describe('a plan that asks a subgraph for a field', () => {
  it.each([
    ['without what it requires', '{ feed { byExpert } }'],
    ['without what it requires, and again with it', '{ feed { byExpert byNovice } }'],
    ['that it names as external', '{ feed { signed } }'],
  ])('%s, is refused', async (_, query) => {
    await expect(graph.ask(query)).rejects.toMatchObject({
      code: 'PLAN_REQUIREMENT_MISSING',
      fields: { subgraph: 'two' },
    });
  });

  it.each([
    ['{ feed { byNovice } }', { feed: [{ byNovice: true }, { byNovice: false }] }],
    ['{ best { byExpert signed } }', { best: { byExpert: 'yes', signed: '8 years' } }],
    ['{ told { byNovice author { years } } }', { told: { byNovice: false, author: { years: 8 } } }],
  ])('that brings what it requires, or finds it provided, is run: %s', async (query, expected) => {
    const { data, errors } = await graph.ask(query);
    expect(errors).toEqual([]);
    expect(data).toEqual(expected);
  });
});

it('a fragment on an interface asks nothing of other types than the one it is spread on', async () => {
  const shop = graphUnderTest([
    {
      name: 'shops',
      sdl: `type Query { sold: [Sellable!]! }
        interface Sellable { price: Int }
        type Book implements Sellable @key(fields: "id") {
          id: ID! price: Int pages: Int @external weight: Int @requires(fields: "pages")
        }
        type Ticket implements Sellable { price: Int }`,
      resolvers: {
        Query: {
          sold: () => [
            { __typename: 'Book', id: '1' },
            { __typename: 'Ticket', price: 9 },
          ],
        },
        Book: { ...reference, weight: ({ pages }: { readonly pages: number }) => pages * 2 },
      },
    },
    {
      name: 'library',
      sdl: 'type Book @key(fields: "id") { id: ID! pages: Int }',
      resolvers: { Book: { __resolveReference: ({ id }: Told) => ({ id, pages: 100 }) } },
    },
  ]);
  const { data } = await shop.ask(`
    { a: sold { ...Part } b: sold { ...Part } }
    fragment Part on Sellable { ... on Book { weight } ... on Ticket { price } }`);
  const sold = [{ weight: 200 }, { price: 9 }];
  expect(data).toEqual({ a: sold, b: sold });
});
