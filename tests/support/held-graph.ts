import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeSupergraph } from '@saas/gateway';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const things = `${link}
  type Query { now: Int held: Int thing: Thing }
  type Thing @key(fields: "id") { id: ID! }`;
const lateThings = `${link}
  type Thing @key(fields: "id") { id: ID! late: Int }`;

/** One server for both: an answer has what was asked for, and waits when that is `held` or `late`. */
const answerTo = (query: string): object => {
  if (query.includes('_entities')) return { _entities: [{ late: 1 }] };
  if (query.includes('thing')) return { thing: { __typename: 'Thing', id: 't1' } };
  return query.includes('held') ? { now: 1, held: 1 } : { now: 1 };
};

/** A graph in which `held` and `Thing.late` are answered when a test says so, and `now` at once. */
export const heldGraph = async () => {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const query = text === '' ? '' : (JSON.parse(text) as { readonly query: string }).query;
      const answer = () =>
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify(text === '' ? { status: 'up' } : { data: answerTo(query) }));
      if (/held|late/.test(query)) waiting.push(answer);
      else answer();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return {
    supergraph: composeSupergraph([
      { name: 'things', sdl: things, routingUrl: url, location: 'things' },
      { name: 'late', sdl: lateThings, routingUrl: url, location: 'late' },
    ]).supergraphSdl,
    /** How many calls wait to be answered. */
    waiting: () => waiting.length,
    release: () => {
      for (const answer of waiting.splice(0)) answer();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
