import { readFile } from 'node:fs/promises';
import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { composeSupergraph } from '../supergraph/compose-supergraph.ts';
import { memorySource } from '../supergraph/supergraph-source.memory.ts';
import { until } from '../supergraph/until.fixture.ts';
import { fakeGraph } from '../testing/fake-graph.ts';
import { supergraphGateway } from './supergraph-gateway.ts';

let graph: Awaited<ReturnType<typeof fakeGraph>>;
let sdl: string;
beforeAll(async () => {
  graph = await fakeGraph('{}');
  sdl = await readFile(graph.file, 'utf8');
});
beforeEach(() => graph.reset());
afterAll(async () => graph.stop());

describe('an ApolloServer over our engine', () => {
  it('answers operations of all subgraphs', async () => {
    const server = new ApolloServer({ gateway: supergraphGateway({ supergraph: sdl }) });
    const { body } = await server.executeOperation({ query: '{ projects { id owner { name } } }' });
    expect(body).toMatchObject({
      singleResult: {
        data: {
          projects: [
            { id: 'p0', owner: { name: 'Ada' } },
            { id: 'p1', owner: { name: 'Ada' } },
          ],
        },
      },
    });
    await server.stop();
  });

  it('tells what failed, with its path, and nothing of the inside', async () => {
    const server = new ApolloServer({ gateway: supergraphGateway({ supergraph: sdl, deadlineMs: 5_000 }) });
    graph.users.behave((_call, response) => void response.writeHead(500).end('at /srv/users.js:1'));
    const { body } = await server.executeOperation({ query: '{ me { name } }' });
    expect(JSON.parse(JSON.stringify(body))).toMatchObject({
      singleResult: {
        data: { me: null },
        errors: [{ path: ['me'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      },
    });
    expect(JSON.stringify(body)).not.toContain('users.js');
    await server.stop();
  });

  it('ends requests on the supergraph that they began on, also when their subgraph has moved', async () => {
    const source = memorySource(sdl);
    const gateway = supergraphGateway({ supergraph: source });
    const server = new ApolloServer({ gateway });
    await server.start();
    let answerLate: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      graph.users.behave((_call, response) => {
        answerLate = () => response.end('{"data":{"me":{"name":"Ada"}}}');
        resolve();
      });
    });
    const asked = server.executeOperation({ query: '{ me { name } }' });
    await isAsked;
    let swaps = 0;
    gateway.onSchemaLoadOrUpdate(() => (swaps += 1));
    source.put(sdl.replaceAll('127.0.0.1', 'localhost'));
    await until(() => swaps > 0);
    answerLate();
    const { body } = await asked;
    expect(body).toMatchObject({ singleResult: { data: { me: { name: 'Ada' } } } });
    expect(JSON.stringify(body)).not.toContain('errors');
    await server.stop();
  });

  it('follows its supergraph', async () => {
    const source = memorySource(sdl);
    const server = new ApolloServer({ gateway: supergraphGateway({ supergraph: source }) });
    await server.start();
    const ask = async (query: string) => {
      const { body } = await server.executeOperation({ query });
      return body.kind === 'single' ? body.singleResult : {};
    };
    expect((await ask('{ me { title } }')).errors?.[0]?.extensions).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
    source.put(sdl.replaceAll(/\bname: String\b/g, 'name: String title: String'));
    graph.users.behave(() => ({ data: { me: { title: 'Countess' } } }));
    let title: unknown;
    await until(() => {
      void ask('{ me { title } }').then(({ data }) => (title = data?.['me']));
      return title !== undefined;
    });
    expect(title).toEqual({ title: 'Countess' });
    await server.stop();
  });

  it('keeps from strangers what the supergraph keeps from them', async () => {
    const guarded = composeSupergraph([
      {
        name: 'users',
        sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
          type Query { me: User } type User { name: String email: String @authenticated }`,
        routingUrl: graph.users.url,
        location: 'users',
      },
    ]).supergraphSdl;
    graph.users.behave(({ query }) => ({
      data: { me: query.includes('email') ? { name: 'Ada', email: 'ada@example.com' } : { name: 'Ada' } },
    }));
    const known = { isAuthenticated: true, scopes: new Set<string>() };
    const stranger = { isAuthenticated: false, scopes: new Set<string>() };
    const server = new ApolloServer<{ token?: string }>({
      gateway: supergraphGateway({
        supergraph: guarded,
        principalOf: (context) => ((context as { token?: string }).token === 'good' ? known : stranger),
      }),
    });
    const ask = async (contextValue: { token?: string }) => {
      const { body } = await server.executeOperation({ query: '{ me { name email } }' }, { contextValue });
      return JSON.parse(JSON.stringify(body)) as unknown;
    };
    expect(await ask({})).toMatchObject({
      singleResult: {
        data: { me: { name: 'Ada', email: null } },
        errors: [{ path: ['me', 'email'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
      },
    });
    expect(await ask({ token: 'good' })).toMatchObject({
      singleResult: { data: { me: { name: 'Ada', email: 'ada@example.com' } } },
    });
    await server.stop();
  });

  it('does not start over a supergraph that is none', async () => {
    const server = new ApolloServer({ gateway: supergraphGateway({ supergraph: 'type Query { a: Int }' }) });
    await expect(server.start()).rejects.toThrow('supergraph');
  });
});
