import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSupergraph, readGatewayConfig, startGateway } from '@saas/gateway';
import { startFaultProxy } from '@saas/local-stack';
import { createLogger } from '@saas/telemetry';
import { graphqlClient } from './graphql-client.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const users = `${link}
  type Query { me: User }
  type User @key(fields: "id") { id: ID! name: String }`;
const projects = `${link}
  type Query { projects(first: Int): [Project] }
  type Mutation { note: Int }
  type Project { id: ID! name: String }`;

type Request = { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> };

const usersAnswer = ({ query }: Request): object =>
  query.includes('me') && !query.includes('__typename}') ? { me: { name: 'Ada' } } : { __typename: 'Query' };

/** What it answers says which question it was. */
const projectsAnswer = ({ query, variables = {} }: Request): object => {
  if (query.includes('note')) return { note: 1 };
  if (!query.includes('projects')) return { __typename: 'Query' };
  const [first] = Object.values(variables);
  return { projects: [{ name: first === undefined ? 'Apollo' : `Apollo ${Number(first)}` }] };
};

/** A server for a subgraph that is well. */
const startServer = async (answerTo: (request: Request) => object) => {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const answer = text === '' ? { status: 'up' } : { data: answerTo(JSON.parse(text) as Request) };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

type Options = {
  /** Of `gateway.yaml`, what is about the subgraph behind the proxy. */
  readonly projects?: Readonly<Record<string, unknown>>;
  readonly yaml?: Readonly<Record<string, unknown>>;
  readonly random?: () => number;
};

export type FaultyGraph = Awaited<ReturnType<typeof faultyGraph>>;

/**
 * A real gateway over two subgraphs: `users` is well, `projects` is behind a fault proxy. Health is not sampled, so that
 * what the proxy counts are calls.
 */
export const faultyGraph = async ({ projects: sick = {}, yaml = {}, random = Math.random }: Options = {}) => {
  const [well, behind] = await Promise.all([startServer(usersAnswer), startServer(projectsAnswer)]);
  const proxy = await startFaultProxy({ target: behind.url, random });
  const folder = await mkdtemp(join(tmpdir(), 'faulty-graph-'));
  const file = join(folder, 'supergraph.graphql');
  const configFile = join(folder, 'gateway.yaml');
  const { supergraphSdl } = composeSupergraph([
    { name: 'users', sdl: users, routingUrl: well.url, location: 'users' },
    { name: 'projects', sdl: projects, routingUrl: proxy.url, location: 'projects' },
  ]);
  await writeFile(file, supergraphSdl);
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify({ ...yaml, subgraphs: { projects: sick } }));
  const gateway = await startGateway(
    readGatewayConfig({
      GATEWAY_HTTP_PORT: '0',
      GATEWAY_SUPERGRAPH_FILE: file,
      GATEWAY_CONFIG_FILE: configFile,
      GATEWAY_AUTHENTICATION: 'none',
      GATEWAY_HEALTH_INTERVAL_MS: '86400000',
      GATEWAY_UPSTREAM_TIMEOUT_MS: '60000',
      GATEWAY_REQUEST_DEADLINE_MS: '120000',
      GATEWAY_UPSTREAM_RESPONSE_BYTES_MAX: '1000000',
    }),
    { logger: createLogger({ name: 'gateway', level: 'silent' }) },
  );
  return {
    proxy,
    url: gateway.url,
    graphql: graphqlClient(gateway.url),
    /** The value of a sample on the page of metrics, by a part of its line; 0 when there is none. */
    metric: async (line: RegExp): Promise<number> => {
      const page = await (await fetch(new URL('/metrics', gateway.url))).text();
      const found = page.split('\n').filter((each) => line.test(each));
      return found.reduce((sum, each) => sum + Number(each.split(' ').at(-1)), 0);
    },
    stop: async () => {
      await gateway.stop();
      await proxy.close();
      await Promise.all([well.stop(), behind.stop()]);
      await rm(folder, { recursive: true });
    },
  };
};
