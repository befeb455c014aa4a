import { ConfigError } from '@saas/config';
import { AppError } from '@saas/kernel';
import { stopOnSignals } from '@saas/resilience';
import { createLogger } from '@saas/telemetry';
import { readGatewayConfig } from './gateway.config.ts';
import { SupergraphError } from './supergraph/supergraph.errors.ts';
import { startGateway } from './wiring.ts';

const STOP_MARGIN_MS = 5_000;

try {
  const config = readGatewayConfig(process.env);
  const logger = createLogger({ name: 'gateway', level: config.LOG_LEVEL });
  const gateway = await startGateway(config, { logger });
  logger.info({ port: gateway.port, checks: gateway.health().status }, 'the gateway listens');
  stopOnSignals(async () => gateway.stop(), process, {
    timeoutMs: config.STOP_TIMEOUT_MS + STOP_MARGIN_MS,
    onProblem: (error) => logger.error({ error }, 'the gateway did not stop cleanly'),
  });
} catch (error) {
  const isForeseen =
    error instanceof ConfigError || error instanceof AppError || error instanceof SupergraphError;
  console.error(isForeseen ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
