import { describe, expect, it } from '@jest/globals';
import { answerEvent, subscribing } from './index.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';

const graph = graphUnderTest([
  {
    name: 'events',
    sdl: `type Query { z: Int } type Subscription { moved(room: ID): Piece }
      type Piece @key(fields: "id") { id: ID! at: String! }`,
  },
  {
    name: 'pieces',
    sdl: 'type Piece @key(fields: "id") { id: ID! color: String }',
    resolvers: {
      Piece: { __resolveReference: ({ id }: { id: string }) => ({ id, color: `color of ${id}` }) },
    },
  },
]);

const operation = graph.compile('subscription ($room: ID) { moved(room: $room) { id: at color } }');
const context = { variables: { room: 'r1' }, fetch: graph.fetch };

describe('a subscription', () => {
  it('says what to ask of which subgraph', () => {
    expect(subscribing(operation, context)).toMatchObject({
      status: 'valid',
      call: { service: 'events', kind: 'subscription', variables: { room: 'r1' } },
    });
    expect(subscribing(operation, { ...context, variables: { room: {} } })).toMatchObject({
      status: 'invalid',
    });
  });

  it('completes each event from other subgraphs', async () => {
    const event = { data: { moved: { __typename: 'Piece', id: 'k', own_id: 'e4' } } };
    expect(await answerEvent(operation, context, event)).toEqual({
      dataJson: '{"moved":{"id":"e4","color":"color of k"}}',
      errors: [],
      problems: [],
    });
  });

  it('tells the errors of an event', async () => {
    const event = { data: null, errors: [{ message: 'no', path: ['moved', 'own_id'] }] };
    expect(await answerEvent(operation, context, event)).toMatchObject({
      dataJson: '{"moved":null}',
      errors: [{ message: 'no', path: ['moved', 'id'], service: 'events' }],
    });
  });

  it('is not run like a query, nor a query like it', async () => {
    const refused = { code: 'PLAN_UNSUPPORTED' };
    const query = graph.compile('{ z }');
    await expect(answerEvent(query, context, {})).rejects.toMatchObject(refused);
    expect(() => subscribing(query, context)).toThrow(expect.objectContaining(refused));
  });
});
