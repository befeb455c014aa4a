import { setTimeout as delay } from 'node:timers/promises';
import {
  accessTokenVerifier,
  memoryRevokedSessions,
  remoteKeys,
  type PermissionChanges,
  type RevokedSessions,
} from '@saas/auth';
import type { SharedCache } from '@saas/cache';
import type { Environment } from '@saas/config';
import { systemClock, type Clock } from '@saas/kernel';
import { gracefulStop, type BreakerHints, type GracefulStop } from '@saas/resilience';
import {
  healthMonitor,
  plainLines,
  prometheusMeter,
  type HealthMonitor,
  type HealthSnapshot,
  type Logger,
  type PlainLines,
  type PrometheusMeter,
} from '@saas/telemetry';
import { answerLimitsOf, operationLimitsOf } from './admission/admission.config.ts';
import { openChaosSocket } from './chaos/chaos-socket.ts';
import type { Execute } from './execution/execute.port.ts';
import { ownExecution } from './execution/own-execution.ts';
import type { ServingGenerations } from './execution/serving-generation.ts';
import { defaultGatewayYaml, readGatewayYaml, type GatewayYaml } from './gateway-yaml.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { GRAPHQL_PATH, httpServer } from './http/http-server.ts';
import { closeWithAnswers, listen } from './http/listening.ts';
import { admittedOperations } from './operations/admitted-operations.ts';
import { openOverloadControl } from './overload/overload-control.ts';
import { httpPipeline, operationPipeline } from './pipeline.ts';
import { engineCompiler } from './supergraph/engine-compiler.ts';
import { startGenerations } from './supergraph/generations.ts';
import type { SubgraphAddress } from './supergraph/load-supergraph.ts';
import type { UsedOperation } from './supergraph/operation-cache.ts';
import { supergraphSource } from './supergraph/supergraph-source.ts';
import { supergraphChoiceOf } from './supergraph/supergraph.config.ts';
import { configuredClients } from './upstream/configured-clients.ts';
import { openDetours, type Detours } from './upstream/detours.ts';
import { breakers, type Breakers } from './upstream/breakers.ts';
import { fallback, type Fallback } from './upstream/fallback.ts';
import { identities } from './upstream/identities.ts';
import { permissionFeed } from './upstream/permission-feed.ts';
import { sessionTokens } from './upstream/session-tokens.ts';
import type { SubgraphClient } from './upstream/subgraph-call.ts';
import type { SubgraphClients } from './upstream/subgraph-clients.ts';
import { subgraphHealth } from './upstream/subgraph-health.ts';
import { identityKeysOf, resolveTargets } from './upstream/targets.ts';

/** A subgraph that hangs does not keep the others from being served. */
const FIRST_ROUND_MS_MAX = 500;

type Adapters = {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Sessions that were ended while their tokens are still good; shared with the users service. */
  readonly revokedSessions?: RevokedSessions;
  /** Where gateways keep last good answers for each other; each keeps its own unless given. */
  readonly sharedCache?: SharedCache;
  /** What gateways tell each other of their breakers; nothing unless given. */
  readonly breakerHints?: BreakerHints;
  /** Whose rights change. Without it nobody says so: what is kept for people ends by its age alone. */
  readonly permissionChanges?: PermissionChanges | undefined;
  /** For `${env.NAME}` in `gateway.yaml` and `supergraph.yaml`. */
  readonly environment?: Environment;
  /** Whether the commands on `CHAOS_SOCKET` are served, or refused; refused unless given. */
  readonly isChaosAllowed?: boolean;
  /** What `GET /metrics` shows; the process alone unless given. */
  readonly meter?: PrometheusMeter;
};

export type Gateway = {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly port: number;
  health(): HealthSnapshot;
  /** Those of the supergraph that serves now, with the URLs that they are really called at. */
  subgraphs(): readonly SubgraphAddress[];
  /**
   * Says that it is not ready, and closes every connection with its answer, but serves all the same; resolves after
   * `forMs`. To be called before `stop`, so that whoever sends requests here learns to send them elsewhere.
   */
  withdraw(forMs: number): Promise<void>;
  /** Stops listening, lets requests in hand finish within `STOP_TIMEOUT_MS`, then closes everything else. */
  stop(): Promise<void>;
};

/**
 * Builds the gateway and listens. When it fails halfway, what was built is closed again.
 *
 * @throws {SupergraphError} when there is no supergraph to begin with, or not one to plan with.
 * @throws {GatewayYamlError}
 * @throws {AppError} `PORT_IN_USE`, `ADDRESS_UNUSABLE`, `GATEWAY_WIRING_INVALID`.
 */
export const startGateway = async (config: GatewayConfig, adapters: Adapters): Promise<Gateway> => {
  const stopping = gracefulStop();
  try {
    const meter = prometheusMeter({ service: 'gateway' });
    return await build(config, { clock: systemClock, meter, ...adapters }, stopping);
  } catch (error) {
    await stopping.stop();
    throw error;
  }
};

type Ready = Adapters & { readonly clock: Clock; readonly meter: PrometheusMeter };

const build = async (config: GatewayConfig, adapters: Ready, stopping: GracefulStop): Promise<Gateway> => {
  const { logger, meter, clock } = adapters;
  const operations = await admittedOperations(config, operationLimitsOf(config), logger);
  const supergraph = await openSupergraph(config, { ...adapters, known: operations.known }, stopping);
  const { clients, generations, identitiesOf } = supergraph;
  await openChaos(config, { ...supergraph, ...adapters }, stopping);
  const targets = resolveTargets(config, generations.current().subgraphs);
  const monitor = watchSubgraphs(config, { ...supergraph, ...adapters }, stopping);
  const overload = openOverloadControl({ config, logger, meter }, stopping);
  const answer = operationPipeline({
    ...operations,
    ...answerLimitsOf(config),
    verify: targets.jwksUrl && verifierOf(config, targets.jwksUrl, adapters),
    sessionTokens: sessionTokens(clock),
    overload,
    generations,
    authorization: authorizationOf(config, logger),
    execute: await executionOf(config, { clientsOf: clients.clientsOf, logger }),
    identitiesOf,
    fallbackOf: supergraph.memory?.rulesOf,
  });
  const handle = httpPipeline({
    logger,
    accessLog: openAccessLog(logger, stopping),
    answer,
    ...httpLimitsOf(config),
  });
  const ending = endingOf(stopping);
  const app = httpServer({
    handle,
    logger,
    meter,
    corsOrigins: config.CORS_ORIGINS,
    snapshot: () => monitor.snapshot(),
    isStopping: ending.isStopping,
    overload,
    graphiql: config.GRAPHIQL,
  });
  closeWithAnswers(app, config, stopping);
  const port = await listen(app, config);
  await lookedAt(monitor);
  return {
    url: `http://${config.HTTP_HOST}:${port}${GRAPHQL_PATH}`,
    port,
    health: () => monitor.snapshot(),
    subgraphs: () => clients.everyAddressOf(generations.current()),
    ...ending.steps,
  };
};

/** How it ends: at once, or after those who send requests here have learned of it. */
const endingOf = (stopping: GracefulStop) => {
  let isStopping = false;
  return {
    isStopping: () => isStopping,
    steps: {
      withdraw: async (forMs: number): Promise<void> => {
        isStopping = true;
        await delay(forMs);
      },
      stop: async (): Promise<void> => {
        isStopping = true;
        await stopping.stop();
      },
    },
  };
};

const httpLimitsOf = (config: GatewayConfig) => ({
  requestDeadlineMs: config.REQUEST_DEADLINE_MS,
  bodyBytesMax: config.BODY_BYTES_MAX,
  bodyValuesMax: config.BODY_VALUES_MAX,
  batchMax: config.BATCH_OPERATIONS_MAX,
  csrfPrevention: config.CSRF_PREVENTION,
});

/** Ready is only said of what was looked at; whoever does not answer soon is said not to answer. */
const lookedAt = async ({ firstRound }: HealthMonitor): Promise<void> =>
  Promise.race([firstRound, delay(FIRST_ROUND_MS_MAX, undefined, { ref: false })]);

const openAccessLog = (logger: Logger, stopping: GracefulStop): PlainLines => {
  const accessLog = plainLines(logger, 'request');
  stopping.add('access log', () => accessLog.flush());
  return accessLog;
};

const authorizationOf = (config: GatewayConfig, logger: Logger) => ({
  mode: config.AUTHORIZATION,
  policyTimeoutMs: config.POLICY_TIMEOUT_MS,
  onPolicyFailure: (error: unknown) =>
    logger.warn({ error }, 'nobody said which policies hold, so none does'),
});

const verifierOf = (
  config: GatewayConfig,
  jwksUrl: URL,
  { clock, permissionChanges, revokedSessions = memoryRevokedSessions(clock) }: Ready,
) =>
  accessTokenVerifier({
    clock,
    permissionChanges,
    revokedSessions,
    keys: remoteKeys(jwksUrl),
    issuer: config.ACCESS_TOKEN_ISSUER,
    audience: config.ACCESS_TOKEN_AUDIENCE,
  });

/** Where commands come that put faults into calls. Nobody is served any worse for its being missing. */
const openChaos = async (
  { CHAOS_SOCKET: path }: GatewayConfig,
  { clients, generations, detours, logger, isChaosAllowed = false }: Supergraph & Adapters,
  stopping: GracefulStop,
): Promise<void> => {
  if (path === undefined) return;
  const subgraphs = () => clients.addressesOf(generations.current());
  try {
    const chaos = await openChaosSocket(path, { isAllowed: isChaosAllowed, subgraphs, detours, logger });
    stopping.add('chaos socket', () => chaos.close());
  } catch (error) {
    logger.warn({ error }, 'no chaos command will be served');
  }
};

type Supergraph = {
  readonly detours: Detours;
  readonly clients: SubgraphClients<SubgraphClient>;
  readonly breakers: Breakers;
  readonly identitiesOf: ReturnType<typeof identities>;
  readonly generations: ServingGenerations;
  /** Undefined where failing calls are not answered from memory. */
  readonly memory: Fallback | undefined;
};

type Opening = Ready & { readonly known: readonly UsedOperation[] };

/** The supergraph, whatever it changes to, and clients for the subgraphs that it has at the time. */
const openSupergraph = async (
  config: GatewayConfig,
  adapters: Opening,
  stopping: GracefulStop,
): Promise<Supergraph> => {
  const {
    logger,
    meter,
    clock,
    environment = {},
    known,
    sharedCache: shared,
    permissionChanges,
    breakerHints: hints,
  } = adapters;
  const yaml =
    config.CONFIG_FILE === undefined
      ? defaultGatewayYaml()
      : await readGatewayYaml(config.CONFIG_FILE, environment);
  const detours = openDetours();
  const memory = memoryFor(config, yaml, { logger, meter, clock, shared, permissionChanges });
  const identitiesOf = identities({ keys: identityKeysOf(config), clock });
  const circuits = breakers({ logger, meter, identitiesOf, hints });
  stopping.add('breakers', () => circuits.close());
  const parts = { logger, meter, detours, breakers: circuits, memory, permissionChanges };
  const clients = configuredClients(config, yaml, parts);
  stopping.add('subgraph connections', async () => clients.close());
  const source = await supergraphSource(supergraphChoiceOf(config), { environment, logger });
  const generations = await startGenerations({
    ...yaml.planning,
    // The stock executor knows no answers in parts.
    isDeferEnabled: config.ENGINE === 'own',
    introspection: config.INTROSPECTION,
    knownOperations: known,
    source,
    compiler: engineCompiler,
    logger,
    clock,
    check: clients.check,
  });
  stopping.add('planner', async () => generations.stop());
  clients.follow(generations);
  memory?.prepare(generations.current());
  generations.onSwap(({ next }) => memory?.prepare(next));
  return { clients, breakers: circuits, identitiesOf, generations, detours, memory };
};

type Execution = Parameters<typeof ownExecution>[0] & { readonly logger: Logger };

/** The stock executor brings in the whole of @apollo/gateway: only where it is wanted. */
const executionOf = async ({ ENGINE }: GatewayConfig, options: Execution): Promise<Execute> => {
  if (ENGINE === 'own') return ownExecution(options);
  const { stockExecution } = await import('./execution/stock-execution.ts');
  return stockExecution(options);
};

/** The stock executor could not say which answers came from memory. */
const memoryFor = (
  { ENGINE }: GatewayConfig,
  { fallback: settings }: GatewayYaml,
  adapters: Pick<Ready, 'logger' | 'meter' | 'clock' | 'permissionChanges'> & {
    readonly shared: SharedCache | undefined;
  },
): Fallback | undefined =>
  settings.enabled && ENGINE === 'own' ? fallback({ settings, ...adapters }) : undefined;

const watchSubgraphs = (
  config: GatewayConfig,
  {
    clients,
    breakers: circuits,
    generations,
    memory,
    clock,
    meter,
    permissionChanges: changes,
  }: Supergraph & Ready,
  stopping: GracefulStop,
): HealthMonitor => {
  const feed = changes && permissionFeed({ changes, store: memory?.store, meter });
  stopping.add('permission feed', () => feed?.close());
  const sources = () => [
    ...clients.addressesOf(generations.current()).map(({ name, url }) => subgraphHealth(name, url)),
    circuits.health,
    ...(feed ? [feed.health] : []),
  ];
  const monitor = healthMonitor({
    sources: sources(),
    intervalMs: config.HEALTH_INTERVAL_MS,
    timeoutMs: config.HEALTH_TIMEOUT_MS,
    clock,
  });
  stopping.add('health monitor', () => monitor.stop());
  generations.onSwap(() => void monitor.watch(sources()));
  return monitor;
};
