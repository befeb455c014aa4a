import { accessTokenVerifier, memoryRevokedSessions, remoteKeys, type RevokedSessions } from '@saas/auth';
import { AppError, systemClock, type Clock } from '@saas/kernel';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { healthMonitor, type HealthMonitor, type HealthSnapshot, type Logger } from '@saas/telemetry';
import type { FastifyInstance } from 'fastify';
import { answerLimitsOf, operationLimitsOf } from './admission/admission.config.ts';
import type { Execute } from './execution/execute.port.ts';
import { ownExecution } from './execution/own-execution.ts';
import type { ServingGenerations } from './execution/serving-generation.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { gatewayErrors } from './gateway.errors.ts';
import { GRAPHQL_PATH, httpServer } from './http/http-server.ts';
import { admittedOperations } from './operations/admitted-operations.ts';
import { httpPipeline, operationPipeline } from './pipeline.ts';
import { engineCompiler } from './supergraph/engine-compiler.ts';
import { startGenerations } from './supergraph/generations.ts';
import { loadSupergraph } from './supergraph/load-supergraph.ts';
import { memorySource } from './supergraph/supergraph-source.memory.ts';
import { identities } from './upstream/identities.ts';
import { sessionTokens } from './upstream/session-tokens.ts';
import { subgraphClient, type SubgraphClient } from './upstream/subgraph-call.ts';
import { subgraphHealth } from './upstream/subgraph-health.ts';
import { resolveTargets, type Targets } from './upstream/targets.ts';

type Adapters = {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Sessions that were ended while their tokens are still good; shared with the users service. */
  readonly revokedSessions?: RevokedSessions;
};

export type Gateway = {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly port: number;
  health(): HealthSnapshot;
  /** Stops listening, lets requests in hand finish within `STOP_TIMEOUT_MS`, then closes everything else. */
  stop(): Promise<void>;
};

/**
 * Builds the gateway and listens. When it fails halfway, what was built is closed again.
 *
 * @throws {SupergraphError} `SUPERGRAPH_UNREADABLE`.
 * @throws {AppError} `PORT_IN_USE`, `GATEWAY_WIRING_INVALID`.
 */
export const startGateway = async (config: GatewayConfig, adapters: Adapters): Promise<Gateway> => {
  const stopping = gracefulStop();
  try {
    return await build(config, adapters, stopping);
  } catch (error) {
    await stopping.stop();
    throw error;
  }
};

const build = async (config: GatewayConfig, adapters: Adapters, stopping: GracefulStop): Promise<Gateway> => {
  const { logger, clock = systemClock, revokedSessions = memoryRevokedSessions(clock) } = adapters;
  const { supergraphSdl, subgraphs } = await loadSupergraph(config.SUPERGRAPH_FILE);
  const targets = resolveTargets(config, subgraphs);

  const clients = subgraphClients(config, targets);
  stopping.add('subgraph connections', async () =>
    Promise.all([...clients.values()].map(async (client) => client.close())),
  );
  const monitor = watchSubgraphs(config, targets, clock);
  stopping.add('health monitor', () => monitor.stop());
  const generations = await openGenerations(supergraphSdl, { logger, clock });
  stopping.add('planner', async () => generations.stop());
  const answer = operationPipeline({
    ...(await admittedOperations(config, operationLimitsOf(config), logger)),
    ...answerLimitsOf(config),
    verify: accessTokenVerifier({
      keys: remoteKeys(targets.jwksUrl),
      issuer: config.ACCESS_TOKEN_ISSUER,
      audience: config.ACCESS_TOKEN_AUDIENCE,
      clock,
      revokedSessions,
    }),
    sessionTokens: sessionTokens(clock),
    generations,
    introspection: config.INTROSPECTION,
    execute: await executionOf(config, { clientsOf: () => clients, logger }),
    identitiesOf: identities({ keys: targets.identityKeys, clock }),
  });
  const handle = httpPipeline({
    answer,
    requestDeadlineMs: config.REQUEST_DEADLINE_MS,
    bodyBytesMax: config.BODY_BYTES_MAX,
    batchMax: config.BATCH_OPERATIONS_MAX,
    csrfPrevention: config.CSRF_PREVENTION,
  });
  let isStopping = false;
  const app = httpServer({
    handle,
    logger,
    corsOrigins: config.CORS_ORIGINS,
    snapshot: () => monitor.snapshot(),
    isStopping: () => isStopping,
    graphiql: config.GRAPHIQL,
  });
  stopping.add('HTTP server', async (signal) => close(app, signal), { timeoutMs: config.STOP_TIMEOUT_MS });
  const port = await listen(app, config);
  // Ready is only said of what was looked at.
  await monitor.firstRound;
  return {
    url: `http://${config.HTTP_HOST}:${port}${GRAPHQL_PATH}`,
    port,
    health: () => monitor.snapshot(),
    stop: async () => {
      isStopping = true;
      await stopping.stop();
    },
  };
};

const openGenerations = async (
  supergraphSdl: string,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): Promise<ServingGenerations> =>
  startGenerations({ source: memorySource(supergraphSdl), compiler: engineCompiler, logger, clock });

type Execution = Parameters<typeof ownExecution>[0] & { readonly logger: Logger };

/** The stock executor brings in the whole of @apollo/gateway: only where it is wanted. */
const executionOf = async ({ ENGINE }: GatewayConfig, options: Execution): Promise<Execute> => {
  if (ENGINE === 'own') return ownExecution(options);
  const { stockExecution } = await import('./execution/stock-execution.ts');
  return stockExecution(options);
};

const watchSubgraphs = (config: GatewayConfig, { subgraphs }: Targets, clock: Clock): HealthMonitor =>
  healthMonitor({
    sources: subgraphs.map(({ name, url }) => subgraphHealth(name, url)),
    intervalMs: config.HEALTH_INTERVAL_MS,
    timeoutMs: config.HEALTH_TIMEOUT_MS,
    clock,
  });

const subgraphClients = (
  config: GatewayConfig,
  { subgraphs }: Targets,
): ReadonlyMap<string, SubgraphClient> =>
  new Map(
    subgraphs.map(({ name, url }) => [
      name,
      subgraphClient({
        name,
        url,
        timeoutMs: config.UPSTREAM_TIMEOUT_MS,
        responseBytesMax: config.UPSTREAM_RESPONSE_BYTES_MAX,
        connectionsMax: config.UPSTREAM_CONNECTIONS_MAX,
      }),
    ]),
  );

/** Requests that outlast the time for stopping are cut off: the connections to subgraphs go next. */
const close = async (app: FastifyInstance, signal: AbortSignal): Promise<void> => {
  signal.addEventListener('abort', () => app.server.closeAllConnections(), { once: true });
  await app.close();
};

const listen = async (
  app: FastifyInstance,
  { HTTP_HOST: host, HTTP_PORT: port }: GatewayConfig,
): Promise<number> => {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const isBusy =
      typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EADDRINUSE';
    if (!isBusy) throw cause;
    const message = `Port ${port} is already in use. Stop what listens there, or set GATEWAY_HTTP_PORT to a free port.`;
    const definition = { ...gatewayErrors.definitions.PORT_IN_USE, message };
    throw new AppError('PORT_IN_USE', definition, { port, setting: 'GATEWAY_HTTP_PORT' }, cause);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
};
