import { accessTokenVerifier, memoryRevokedSessions, remoteKeys, type RevokedSessions } from '@saas/auth';
import { AppError, systemClock, type Clock } from '@saas/kernel';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { healthMonitor, type HealthMonitor, type HealthSnapshot, type Logger } from '@saas/telemetry';
import type { FastifyInstance } from 'fastify';
import { answerLimitsOf, operationLimitsOf } from './admission/admission.config.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { gatewayErrors } from './gateway.errors.ts';
import { GRAPHQL_PATH, httpServer } from './http/http-server.ts';
import { admittedOperations } from './operations/admitted-operations.ts';
import { pipeline } from './pipeline.ts';
import { startApolloServer } from './stages/apollo-server.ts';
import { generationGateway } from './stages/generation-gateway.ts';
import { stockGateway } from './stages/stock-gateway.ts';
import { executeOperation } from './stages/execute.ts';
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
  const gateway = await openEngine(config, { supergraphSdl, clients, logger, clock });
  const server = await startApolloServer({ gateway, supergraphSdl, ...answerLimitsOf(config), logger });
  stopping.add('executor', async () => server.stop());

  const handle = pipeline({
    requestDeadlineMs: config.REQUEST_DEADLINE_MS,
    bodyBytesMax: config.BODY_BYTES_MAX,
    ...(await admittedOperations(config, operationLimitsOf(config), logger)),
    verify: accessTokenVerifier({
      keys: remoteKeys(targets.jwksUrl),
      issuer: config.ACCESS_TOKEN_ISSUER,
      audience: config.ACCESS_TOKEN_AUDIENCE,
      clock,
      revokedSessions,
    }),
    sessionTokens: sessionTokens(clock),
    execute: executeOperation({ server, identitiesOf: identities({ keys: targets.identityKeys, clock }) }),
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

type EngineParts = {
  readonly supergraphSdl: string;
  readonly clients: ReadonlyMap<string, SubgraphClient>;
  readonly logger: Logger;
  readonly clock: Clock;
};

/** What plans and executes; the server that it is given to ends it. */
const openEngine = async (
  { ENGINE }: GatewayConfig,
  { supergraphSdl, clients, logger, clock }: EngineParts,
) => {
  if (ENGINE === 'stock') return stockGateway({ supergraphSdl, clients, logger });
  const source = memorySource(supergraphSdl);
  const generations = await startGenerations({ source, compiler: engineCompiler, logger, clock });
  return generationGateway({ generations, clients });
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
