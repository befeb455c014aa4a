import { ConfigError, readAll, readSharedConfig } from '@saas/config';
import { AppError } from '@saas/kernel';
import { rabbitMqMessageBus } from '@saas/rabbitmq';
import { redisPermissionChanges } from '@saas/redis';
import { gracefulStop, stopOnSignals, type StopSignal } from '@saas/resilience';
import { createLogger, prometheusMeter } from '@saas/telemetry';
import { readNotificationsConfig } from './notifications.config.ts';
import { startNotifications } from './wiring.ts';

const STOP_MS_MAX = 25_000;

/** The notifications service as a process of its own: real RabbitMQ and Redis, and its databases. */
const main = async (): Promise<void> => {
  const { config, shared } = readAll({
    config: () => readNotificationsConfig(process.env),
    shared: () => readSharedConfig(process.env),
  });
  const logger = createLogger({ name: 'notifications', level: config.LOG_LEVEL });
  const meter = prometheusMeter({ service: 'notifications' });
  const closing = gracefulStop();
  const bus = await rabbitMqMessageBus({
    url: shared.RABBITMQ_URL,
    name: 'notifications',
    onFailure: (err, message, queue) =>
      logger.warn(
        { err, messageId: message?.id, routingKey: message?.routingKey, queue },
        'a message was refused',
      ),
    log: logger,
    meter,
  });
  closing.add('RabbitMQ', () => bus.close());
  const permissionChanges = await redisPermissionChanges({
    url: shared.REDIS_URL,
    prefix: 'supergraph:',
    onFailure: (err) =>
      logger.warn({ err }, 'Redis cannot be told whose rights have changed; it is repeated'),
  });
  closing.add('permission changes', () => permissionChanges.close());
  const running = await startNotifications(config, { bus, logger, meter, permissionChanges });
  closing.add('notifications', () => running.stop(), { timeoutMs: 20_000 });
  logger.info({ port: running.port }, 'the notifications service listens');
  const stop = async (signal: StopSignal): Promise<void> => {
    // Whoever presses Ctrl-C is nobody's load balancer.
    if (signal === 'SIGTERM') await running.withdraw(config.DRAIN_MS);
    await closing.stop();
  };
  stopOnSignals(stop, process, {
    timeoutMs: config.DRAIN_MS + STOP_MS_MAX,
    onProblem: (err) => logger.error({ err }, 'stopping was not clean'),
  });
};

await main().catch((error: unknown) => {
  const isForeseen = error instanceof ConfigError || error instanceof AppError;
  console.error(isForeseen ? `${error.code}: ${error.message}` : error);
  process.exit(1);
});
