import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeSupergraph } from '@saas/gateway';
import { graphql, parse, type GraphQLSchema } from 'graphql';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

type Context = { readonly version: number };
const versionOf = (_parent: unknown, _given: unknown, { version }: Context): number => version;

const schemaOf = (sdl: string, resolvers: object): GraphQLSchema =>
  buildSubgraphSchema({ typeDefs: parse(`${link}\n${sdl}`), resolvers: resolvers as never });

const sdl = {
  users: `"version 0" type Query { served: Int me: User }
    type User @key(fields: "id") { id: ID! }`,
  projects: 'type User @key(fields: "id") { id: ID! served: Int }',
  extras: 'type User @key(fields: "id") { id: ID! extra: Int }',
};

export type SubgraphName = keyof typeof sdl;

const schemas = {
  users: schemaOf(sdl.users, { Query: { served: versionOf, me: () => ({ id: 'u1' }) } }),
  projects: schemaOf(sdl.projects, { User: { served: versionOf } }),
  extras: schemaOf(sdl.extras, { User: { extra: versionOf } }),
};

/** Subgraphs as HTTP servers in this process, at a path for each version, which is what their answers tell. */
const startSubgraph = async (schema: GraphQLSchema) => {
  const server = createServer((request, response) => {
    const version = Number(/^\/v\/(\d+)\//.exec(request.url ?? '')?.[1] ?? -1);
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (text === '') {
        response.end('{"status":"up"}');
        return;
      }
      const { query: source, variables } = JSON.parse(text) as { query: string; variables?: object };
      const contextValue: Context = { version };
      void graphql({ schema, source, variableValues: variables as never, contextValue }).then((answer) =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: async () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** What each answer says of the version that it was made by, once by the schema and once by each of two subgraphs. */
export const versionQuery = '{ schema: __type(name: "Query") { description } served me { id served } }';

/**
 * A graph of three subgraphs with a version, which its schema and every address bear: an answer that mixes two versions
 * can be told.
 */
export const versionedGraph = async () => {
  const servers = {
    users: await startSubgraph(schemas.users),
    projects: await startSubgraph(schemas.projects),
    extras: await startSubgraph(schemas.extras),
  };
  const compose = (names: readonly SubgraphName[]): string =>
    composeSupergraph(
      names.map((name) => ({
        name,
        sdl: `${link}\n${sdl[name]}`,
        routingUrl: `${servers[name].origin}/v/0/graphql`,
        location: name,
      })),
    ).supergraphSdl;
  const composed = new Map<string, string>();
  return {
    servers,
    /** Composed once for the same subgraphs: only the number changes. */
    supergraph: (version: number, names: readonly SubgraphName[] = ['users', 'projects']): string => {
      const key = names.join(' ');
      const text = composed.get(key) ?? compose(names);
      composed.set(key, text);
      return text.replaceAll('/v/0/', `/v/${version}/`).replace('version 0', `version ${version}`);
    },
    stop: async () => {
      await Promise.all(Object.values(servers).map(async (server) => server.stop()));
    },
  };
};
