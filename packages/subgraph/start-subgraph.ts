import { setTimeout as delay } from 'node:timers/promises';
import { memoryPermissionChanges, type PermissionChanges } from '@saas/auth';
import { systemClock, type Clock } from '@saas/kernel';
import { gracefulStop, httpDrain, type GracefulStop } from '@saas/resilience';
import {
  healthMonitor,
  prometheusMeter,
  type HealthMonitor,
  type HealthSnapshot,
  type HealthSource,
  type Logger,
  type PrometheusMeter,
} from '@saas/telemetry';
import { clientErrors } from './client-errors.ts';
import { graphqlServer } from './graphql-server.ts';
import { httpServer } from './http-server.ts';
import { addRoutes, healthRoutes, metricsRoute, type Route } from './routes.ts';
import type { SubgraphRequest } from './subgraph-request.ts';
import { subgraphErrors } from './subgraph.errors.ts';
import { subgraphMetrics } from './subgraph-metrics.ts';
import { untoldHeader } from './untold-header.ts';

/** What makes one service of the shell. */
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
  /** What `GET /metrics` shows; the process alone unless given. */
  readonly meter?: PrometheusMeter;
  /** Whether changes of rights were told; they are unless given. */
  readonly permissionChanges?: Pick<PermissionChanges, 'isAllTold'>;
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

/** A service that listens. */
export type RunningSubgraph = {
  /** Where its GraphQL is asked: `http://127.0.0.1:4001/graphql`. */
  readonly url: string;
  readonly port: number;
  /** What the last health checks found. */
  readonly health: () => HealthSnapshot;
  /**
   * Says that it is not ready, and closes every connection with its answer, but serves all the same; resolves after
   * `forMs`. To be called before `stop`, so that whoever sends requests here learns to send them elsewhere.
   */
  readonly withdraw: (forMs: number) => Promise<void>;
  /**
   * Stops accepting, finishes what is in hand within `drainMsMax`, aborts the rest, closes. Called again, it answers with
   * the same promise.
   */
  readonly stop: () => Promise<void>;
};

/**
 * Serves one subgraph: `POST /graphql` to whoever proves to be the gateway; `GET /health/live`, `/health/ready`,
 * `/health`, `/metrics` and the given routes to everybody. Resolves when it listens and every health source was checked once.
 *
 * @throws when the schema and its resolvers do not fit, or the port is taken; nothing is left running then.
 */
export const startSubgraph = async <Context extends SubgraphRequest>(
  options: SubgraphOptions<Context>,
): Promise<RunningSubgraph> => {
  const closing = gracefulStop();
  try {
    return await start(
      { ...DEFAULTS, meter: prometheusMeter({ service: options.name }), ...options },
      closing,
    );
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

const DEFAULTS = {
  clock: systemClock,
  permissionChanges: memoryPermissionChanges(),
  routes: [],
  bodyBytesMax: 1_048_576,
  deadlineMsMax: 10_000,
  drainMsMax: 10_000,
  healthIntervalMs: 5_000,
  healthTimeoutMs: 2_000,
};

const start = async <Context extends SubgraphRequest>(
  options: Required<SubgraphOptions<Context>>,
  closing: GracefulStop,
): Promise<RunningSubgraph> => {
  const { name, logger, host, port, contextOf, drainMsMax } = options;
  const stopping = new AbortController();
  let isStopping = false;
  const errors = clientErrors(logger);
  const graphql = await graphqlServer({ ...options, errors });
  closing.add('graphql', () => graphql.stop());
  const monitor = watchHealth(options, closing);

  const app = httpServer({
    ...options,
    errors,
    isStopping: () => isStopping,
    stopping: stopping.signal,
    answer: counted(options.meter, async (body, headers, request) =>
      graphql.execute(body, headers, await contextOf(request)),
    ),
  });
  untoldHeader(app, options.permissionChanges);
  const drain = httpDrain(app.server);
  addRoutes(app, [
    ...healthRoutes(monitor.snapshot, () => isStopping),
    metricsRoute(options.meter),
    ...options.routes,
  ]);
  const cutOff = (): void => stopping.abort(subgraphErrors.SERVICE_STOPPING());
  const close = async (): Promise<unknown> => app.close();
  closing.add('http', () => drain({ close, timeoutMs: drainMsMax, cutOff }), {
    timeoutMs: drainMsMax + 2_000,
  });

  await Promise.all([app.listen({ host, port }), monitor.firstRound]);
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  logger.info({ host, port: bound }, `${name} is listening`);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/graphql`,
    port: bound,
    health: monitor.snapshot,
    withdraw: async (forMs) => {
      isStopping = true;
      await delay(forMs);
    },
    stop: () => {
      isStopping = true;
      return closing.stop();
    },
  };
};

type Watching = Required<
  Pick<SubgraphOptions<SubgraphRequest>, 'health' | 'healthIntervalMs' | 'healthTimeoutMs' | 'clock'>
>;

const watchHealth = (
  { health: sources, healthIntervalMs: intervalMs, healthTimeoutMs: timeoutMs, clock }: Watching,
  closing: GracefulStop,
): HealthMonitor => {
  const monitor = healthMonitor({ sources, intervalMs, timeoutMs, clock });
  closing.add('health', () => monitor.stop());
  return monitor;
};

type Answer = Parameters<typeof httpServer>[0]['answer'];

/** Shows how many answers are being worked on: a request that was given up counts until its work has ended. */
const counted = (meter: PrometheusMeter, answer: Answer): Answer => {
  let inHand = 0;
  meter.gauge(subgraphMetrics.subgraph_requests_in_hand, () => [{ labels: {}, value: inHand }]);
  return async (...request) => {
    inHand += 1;
    try {
      return await answer(...request);
    } finally {
      inHand -= 1;
    }
  };
};
