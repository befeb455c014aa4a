import type { PermissionChanges, RevokedSessions } from '@saas/auth';
import type { SharedCache } from '@saas/cache';
import { ConfigError, readAll, readChaosPermission } from '@saas/config';
import { AppError } from '@saas/kernel';
import {
  redisBreakerHints,
  redisPermissionChanges,
  redisRevokedSessions,
  redisSharedCache,
  type RedisBreakerHints,
} from '@saas/redis';
import { gracefulStop, stopOnSignals, type StopSignal } from '@saas/resilience';
import { createLogger, type Logger } from '@saas/telemetry';
import { GatewayYamlError } from './gateway-yaml.ts';
import { readGatewayConfig, readGatewaySharedConfig } from './gateway.config.ts';
import { SupergraphError } from './supergraph/supergraph.errors.ts';
import { startGateway } from './wiring.ts';

const STOP_MARGIN_MS = 5_000;
/** Of everything in Redis. */
/** The gateway as a process of its own. Without `REDIS_URL` it knows only of sessions that it has seen end itself. */
const main = async (): Promise<void> => {
  const { config, shared } = readAll({
    config: () => readGatewayConfig(process.env),
    shared: () => readGatewaySharedConfig(process.env),
  });
  const logger = createLogger({ name: 'gateway', level: config.LOG_LEVEL });
  const closing = gracefulStop();
  const adapters = shared.REDIS_URL === undefined ? {} : await openRedis(shared.REDIS_URL, logger);
  closing.add('Redis', async () => {
    await adapters.permissionChanges?.close();
    await adapters.sharedCache?.close();
    await adapters.revokedSessions?.close();
    await adapters.breakerHints?.close();
  });
  const gateway = await startGateway(config, {
    logger,
    environment: process.env,
    isChaosAllowed: readChaosPermission(process.env),
    ...adapters,
  });
  closing.add('gateway', () => gateway.stop(), { timeoutMs: config.STOP_TIMEOUT_MS + STOP_MARGIN_MS });
  logger.info({ port: gateway.port, checks: gateway.health().status }, 'the gateway listens');
  const stop = async (signal: StopSignal): Promise<void> => {
    // Whoever presses Ctrl-C is nobody's load balancer.
    if (signal === 'SIGTERM') await gateway.withdraw(config.DRAIN_MS);
    await closing.stop();
  };
  stopOnSignals(stop, process, {
    timeoutMs: config.DRAIN_MS + config.STOP_TIMEOUT_MS + 2 * STOP_MARGIN_MS,
    onProblem: (error) => logger.error({ error }, 'the gateway did not stop cleanly'),
  });
};

type Closing = { close(): Promise<void> };
type Adapters = {
  readonly revokedSessions?: RevokedSessions & Closing;
  readonly permissionChanges?: PermissionChanges & Closing;
  readonly sharedCache?: SharedCache;
  readonly breakerHints?: RedisBreakerHints;
};

const openRedis = async (url: string, logger: Logger): Promise<Adapters> => {
  const prefix = 'supergraph:';
  const [revokedSessions, permissionChanges, breakerHints] = await Promise.all([
    redisRevokedSessions({
      redis: { url },
      prefix,
      onFailure: (error) =>
        logger.warn({ error }, 'Redis cannot be asked; sessions that others ended may live on'),
    }),
    redisPermissionChanges({
      url,
      prefix,
      onFailure: (error) =>
        logger.warn({ error }, 'changes of rights may not be heard; nothing kept is shown'),
    }),
    redisBreakerHints({
      url,
      prefix,
      onFailure: (error) => logger.warn({ error }, 'other gateways are told nothing of our breakers'),
    }),
  ]);
  const sharedCache = redisSharedCache({
    redis: { url },
    prefix,
    onFailure: (error) => logger.warn({ error }, 'Redis cannot be asked; each gateway has its own answers'),
  });
  return { revokedSessions, permissionChanges, sharedCache, breakerHints };
};

await main().catch((error: unknown) => {
  const isForeseen =
    error instanceof ConfigError ||
    error instanceof AppError ||
    error instanceof SupergraphError ||
    error instanceof GatewayYamlError;
  console.error(isForeseen ? `${error.code}: ${error.message}` : error);
  process.exit(1);
});
