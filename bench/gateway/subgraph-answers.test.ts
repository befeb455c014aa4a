import { describe, expect, it } from '@jest/globals';
import { graphWorld, shippingEstimateOf } from './graph-world.ts';
import { subgraphAnswers } from './subgraph-answers.ts';
import { subgraphSchemas } from './subgraph-schemas.ts';

const ask = async (name: string, query: string, variables = {}): Promise<unknown> =>
  JSON.parse(await subgraphAnswers(name, graphWorld())(JSON.stringify({ query, variables })));

describe('subgraphAnswers', () => {
  it('tells its schema to who composes by asking', async () => {
    expect(await ask('inventory', '{ _service { sdl } }')).toEqual({
      data: { _service: { sdl: subgraphSchemas['inventory'] } },
    });
  });

  it('computes from what the gateway sends, not from what is right', async () => {
    const representations = [{ __typename: 'Product', upc: 'upc-1', price: 30, weight: 70 }];
    const query =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Product { shippingEstimate } } }';
    expect(await ask('inventory', query, { r: representations })).toEqual({
      data: { _entities: [{ shippingEstimate: shippingEstimateOf(30, 70) }] },
    });
  });

  it('answers a body again with the same text', async () => {
    const answer = subgraphAnswers('accounts', graphWorld());
    const body = '{"query":"{ users(first: 2) { id name } }"}';
    expect(await answer(body)).toBe(await answer(body));
  });
});
