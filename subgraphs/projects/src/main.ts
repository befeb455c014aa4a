import { ConfigError } from '@saas/config';
import { memoryMessageBus } from '@saas/messaging';
import { stopOnSignals } from '@saas/resilience';
import { createLogger } from '@saas/telemetry';
import { readProjectsConfig } from './projects.config.ts';
import { startProjects } from './wiring.ts';

const STOP_MS_MAX = 25_000;

const main = async (): Promise<void> => {
  const config = readProjectsConfig(process.env);
  const logger = createLogger({ name: 'projects', level: config.LOG_LEVEL });
  const bus = memoryMessageBus({
    onFailure: (err, { id, routingKey }, queue) =>
      logger.warn({ err, messageId: id, routingKey, queue }, 'a message was refused and will come again'),
  });
  const running = await startProjects(config, { bus, logger });
  stopOnSignals(running.stop, process, {
    timeoutMs: STOP_MS_MAX,
    onProblem: (err) => logger.error({ err }, 'stopping was not clean'),
  });
};

await main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
});
