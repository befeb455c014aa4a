import { systemClock, type Clock } from '@saas/kernel';
import { gracefulStop } from '@saas/resilience';
import {
  fullAnswer,
  healthMonitor,
  liveAnswer,
  readyAnswer,
  type HealthSnapshot,
  type HealthSource,
  type Logger,
} from '@saas/telemetry';
import { clientErrors } from './client-errors.ts';
import { graphqlServer } from './graphql-server.ts';
import { httpServer } from './http-server.ts';
import type { SubgraphRequest } from './subgraph-request.ts';

/** Something else to answer over HTTP with GET, open to everybody: a key set, metrics. */
export type Route = {
  readonly path: string;
  readonly answer: () => Promise<{
    readonly statusCode?: number;
    readonly contentType?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string | object;
  }>;
};

export type SubgraphOptions<Context extends SubgraphRequest> = {
  /** The service's name; also the audience of its identity tokens and the name of its part in consistency tokens. */
  readonly name: string;
  /** The text of `schema.graphql`. */
  readonly typeDefs: string;
  readonly resolvers: object;
  /** Makes the context of one request. Spread the request into it: resolvers and this shell rely on its fields. */
  readonly contextOf: (request: SubgraphRequest) => Context | Promise<Context>;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Shared with the gateway and nobody else; see `IdentityChannel`. */
  readonly identityKey: string;
  readonly health: readonly HealthSource[];
  readonly logger: Logger;
  readonly routes?: readonly Route[];
  readonly clock?: Clock;
  /** A request's body; 1 MiB unless said otherwise. */
  readonly bodyBytesMax?: number;
  /** No request takes longer, whatever the caller would wait; 10 s unless said otherwise. */
  readonly deadlineMsMax?: number;
  /** How long requests in hand may take when we stop; 10 s unless said otherwise. */
  readonly drainMsMax?: number;
  readonly healthIntervalMs?: number;
  readonly healthTimeoutMs?: number;
};

export type RunningSubgraph = {
  /** Where its GraphQL is asked: `http://127.0.0.1:4001/graphql`. */
  readonly url: string;
  readonly port: number;
  /** What the last health checks found. */
  readonly health: () => HealthSnapshot;
  /**
   * Stops accepting, finishes what is in hand within `drainMsMax`, aborts the rest, closes. Called again, it answers with
   * the same promise.
   */
  readonly stop: () => Promise<void>;
};

/**
 * Serves one subgraph: `POST /graphql` to whoever proves to be the gateway; `GET /health/live`, `/health/ready`,
 * `/health` and the given routes to everybody. Resolves when it listens and every health source was checked once.
 *
 * @throws when the schema and its resolvers do not fit, or the port is taken; nothing is left running then.
 */
export const startSubgraph = async <Context extends SubgraphRequest>(
  options: SubgraphOptions<Context>,
): Promise<RunningSubgraph> => {
  const { name, logger, host, port, contextOf, clock = systemClock, drainMsMax = 10_000 } = options;
  const errors = clientErrors(logger);
  const closing = gracefulStop();
  const stopping = new AbortController();
  let isStopping = false;
  try {
    const graphql = await graphqlServer({ ...options, errors });
    closing.add('graphql', () => graphql.stop());
    const { healthIntervalMs = 5_000, healthTimeoutMs = 2_000 } = options;
    const monitor = healthMonitor({
      sources: options.health,
      intervalMs: healthIntervalMs,
      timeoutMs: healthTimeoutMs,
      clock,
    });
    closing.add('health', () => monitor.stop());

    const app = httpServer({
      name,
      identityKey: options.identityKey,
      clock,
      logger,
      errors,
      bodyBytesMax: options.bodyBytesMax ?? 1_048_576,
      deadlineMsMax: options.deadlineMsMax ?? 10_000,
      stopping: stopping.signal,
      answer: async (body, headers, request) => graphql.execute(body, headers, await contextOf(request)),
    });
    addRoutes(app, [...healthRoutes(monitor.snapshot, () => isStopping), ...(options.routes ?? [])]);
    closing.add('http', () => drain(app, stopping, drainMsMax), { timeoutMs: drainMsMax + 2_000 });
    await Promise.all([app.listen({ host, port }), monitor.firstRound]);
    const address = app.server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    logger.info({ host, port: bound }, `${name} is listening`);
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/graphql`,
      port: bound,
      health: monitor.snapshot,
      stop: () => {
        isStopping = true;
        return closing.stop();
      },
    };
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

const drain = async (
  app: ReturnType<typeof httpServer>,
  stopping: AbortController,
  drainMsMax: number,
): Promise<void> => {
  const timer = setTimeout(() => {
    stopping.abort(new Error('The service is stopping.'));
    // One turn later, so that what was aborted can still be answered.
    setImmediate(() => app.server.closeAllConnections());
  }, drainMsMax);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
};

const addRoutes = (app: ReturnType<typeof httpServer>, routes: readonly Route[]): void => {
  for (const { path, answer } of routes) {
    app.get(path, async (_, reply) => {
      const {
        statusCode = 200,
        contentType = 'application/json; charset=utf-8',
        headers = {},
        body,
      } = await answer();
      return reply.code(statusCode).headers(headers).type(contentType).send(body);
    });
  }
};

const healthRoutes = (snapshot: () => HealthSnapshot, isStopping: () => boolean): readonly Route[] => {
  const headers = { 'cache-control': 'no-store' };
  return [
    { path: '/health/live', answer: async () => ({ ...liveAnswer(), headers }) },
    { path: '/health/ready', answer: async () => ({ ...readyAnswer(snapshot(), isStopping()), headers }) },
    { path: '/health', answer: async () => ({ ...fullAnswer(snapshot(), isStopping()), headers }) },
  ];
};
