import { authErrors, signIdentity, type AuthenticatedViewer } from '@saas/auth';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { createLogger, memoryLog } from '@saas/telemetry';
import { startSubgraph, type RunningSubgraph, type SubgraphOptions, type SubgraphRequest } from './index.ts';

export const IDENTITY_KEY = 'the-key-of-things-0123456789abcdef';

const clock = systemClock;

/** On whose behalf the tests ask. */
export const viewer: AuthenticatedViewer = {
  status: 'authenticated',
  userId: newId('usr', 5, clock),
  tenantId: newTenantId(clock),
  role: 'OWNER',
  sessionId: newId('ses', 5, clock),
};

/** Starts small subgraphs on free ports, and stops them all after the test. */
export const subgraphUnderTest = () => {
  const running: RunningSubgraph[] = [];
  return {
    start: async (options: Partial<SubgraphOptions<SubgraphRequest>> = {}) => {
      const under = await startThings(options);
      running.push(under.running);
      return under;
    },
    stopAll: async () => {
      await Promise.all(running.splice(0).map(({ stop }) => stop()));
    },
  };
};

const startThings = async (options: Partial<SubgraphOptions<SubgraphRequest>>) => {
  const { destination, lines } = memoryLog();
  const state = { begun: deferred<void>(), finish: deferred<void>(), aborted: deferred<unknown>() };
  const things = await startSubgraph({
    name: 'things',
    typeDefs,
    resolvers: resolversWith(state),
    contextOf: (request) => request,
    host: '127.0.0.1',
    port: 0,
    identityKey: IDENTITY_KEY,
    health: [],
    logger: createLogger({ name: 'things', level: 'info', destination }),
    ...options,
  });
  const origin = `http://127.0.0.1:${things.port}`;
  const identity = () => ({
    'x-internal-identity': signIdentity({ key: IDENTITY_KEY, audience: 'things', clock }, viewer),
  });
  const post = async (body: string, headers: Record<string, string>, signal: AbortSignal | null = null) => {
    const answer = await fetch(things.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal,
    });
    return { statusCode: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const ask = async (
    query: string,
    headers: Record<string, string> = {},
    signal: AbortSignal | null = null,
  ) => {
    const answer = await post(JSON.stringify({ query }), { ...identity(), ...headers }, signal);
    return { ...answer, body: JSON.parse(answer.text) as unknown };
  };
  const get = async (path: string) => {
    const answer = await fetch(origin + path);
    return { statusCode: answer.status, body: await answer.json() };
  };
  return { running: things, state, lines, identity, post, ask, get };
};

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Thing @key(fields: "id") { id: ID! }
  type Query {
    me: String
    requestId: String
    traceparent: String
    echo(n: Int): Int
    refused: String
    broken: String
    deaf: String
    slow: String
    token: String
    thing: Thing
  }
  type Mutation { write(token: String!): String }
`;

type State = {
  readonly begun: Deferred<void>;
  readonly finish: Deferred<void>;
  readonly aborted: Deferred<unknown>;
};

const resolversWith = ({ begun, finish, aborted }: State) => ({
  Query: {
    me: (_: unknown, __: unknown, context: SubgraphRequest) =>
      context.viewer.status === 'authenticated' ? context.viewer.userId : null,
    requestId: (_: unknown, __: unknown, context: SubgraphRequest) => context.requestId,
    traceparent: (_: unknown, __: unknown, context: SubgraphRequest) => context.origin.traceparent,
    echo: (_: unknown, { n }: { n: number }) => n,
    refused: () => {
      throw authErrors.FORBIDDEN();
    },
    broken: () => {
      throw new Error('secret detail');
    },
    deaf: () => new Promise(() => undefined),
    slow: async (_: unknown, __: unknown, { signal }: SubgraphRequest) => {
      signal.addEventListener('abort', () => aborted.resolve(signal.reason), { once: true });
      begun.resolve();
      await Promise.race([finish.promise, aborted.promise]);
      return 'done';
    },
    token: (_: unknown, __: unknown, context: SubgraphRequest) => context.token,
  },
  Mutation: {
    write: (_: unknown, { token }: { token: string }, context: SubgraphRequest) => {
      context.keepToken(token);
      return context.currentToken();
    },
  },
});

type Deferred<Value> = { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void };

const deferred = <Value>(): Deferred<Value> => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
