import { expect, it } from '@jest/globals';
import type { FetchAnswer } from '@saas/engine';
import type { Call } from '../gateways/answer.ts';
import { ownGateway } from '../gateways/own-gateway.ts';
import { composed } from '../test-graph.ts';

const head =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@context", "@fromContext", "@external", "@shareable"])\n';

const supergraph = composed([
  {
    name: 'shops',
    sdl: `${head}
      type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! city: City! goods: [Good!]! }
      type City @shareable { name: String! }
      type Good @key(fields: "id") { id: ID!
        price(currency: String @fromContext(field: "$shop { currency }")): String
        origin(city: String @fromContext(field: "$shop { city { name } }"), upper: Boolean = false): String }
      type Query { shops: [Shop!]! }`,
  },
  { name: 'other', sdl: `${head} type Good @key(fields: "id") { id: ID! weight: Int }` },
]);

const shop = (id: string, currency: string, city: string, goods: readonly string[]) => ({
  __typename: 'Shop',
  id,
  currency,
  city: { name: city },
  goods: goods.map((each) => ({ __typename: 'Good', id: each })),
});

/** Answers by hand: only so can it be seen which values came with a call. */
const subgraphs = async ({ variables }: Call): Promise<FetchAnswer> => {
  const { representations, ...given } = variables;
  if (!Array.isArray(representations)) {
    const shops = [
      shop('1', 'NOK', 'Oslo', ['a', 'b']),
      shop('2', 'EUR', 'Rome', ['a']),
      shop('3', 'NOK', 'Oslo', ['c']),
    ];
    return Promise.resolve({ data: { shops } });
  }
  const values = Object.values(given).map(String).toSorted().join('+');
  const entities = (representations as readonly { readonly id: string }[]).map(({ id }) => ({
    __typename: 'Good',
    price: `${id} in ${values}`,
    origin: `${id} of ${values}`,
    cost: `${id} in ${values}`,
  }));
  return Promise.resolve({ data: { _entities: entities } });
};

it.each([
  [
    'one value',
    '{ shops { goods { price } } }',
    [['a in NOK', 'b in NOK'], ['a in EUR'], ['c in NOK']],
    'price',
  ],
  [
    'a value deep in the surroundings',
    '{ shops { goods { origin } } }',
    [['a of Oslo', 'b of Oslo'], ['a of Rome'], ['c of Oslo']],
    'origin',
  ],
  [
    'a value for a field with an alias',
    '{ shops { goods { cost: price } } }',
    [['a in NOK', 'b in NOK'], ['a in EUR'], ['c in NOK']],
    'cost',
  ],
])('a field gets from its surroundings %s', async (_, query, expected, key) => {
  const { ask } = await ownGateway(supergraph);
  const { dataJson, errors, calls } = await ask(query, {}, subgraphs);
  const data = JSON.parse(dataJson ?? 'null') as {
    readonly shops: readonly { readonly goods: readonly Record<string, string>[] }[];
  };
  expect(errors).toEqual([]);
  expect(data.shops.map(({ goods }) => goods.map((good) => good[key]))).toEqual(expected);
  // One call for all shops of one kind.
  expect(calls).toHaveLength(3);
});
