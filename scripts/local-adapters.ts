import {
  memoryPermissionChanges,
  memoryRevokedSessions,
  type PermissionChanges,
  type RevokedSessions,
} from '@saas/auth';
import { systemClock, type Meter } from '@saas/kernel';
import { memoryMessageBus, type Message, type MessageBus } from '@saas/messaging';
import { rabbitMqMessageBus } from '@saas/rabbitmq';
import { redisPermissionChanges, redisRevokedSessions } from '@saas/redis';
import type { GracefulStop } from '@saas/resilience';
import type { Logger } from '@saas/telemetry';
import type { LocalConfig } from './local.config.ts';

/** What carries events, and what there is to do about it while a system starts and stops. */
export type LocalBus = {
  readonly bus: MessageBus;
  /** Once everybody listens. */
  readonly open: () => void;
  readonly close: () => void | Promise<void>;
  /** What it is and how it is, for people. */
  readonly describe: () => string;
};

/** RabbitMQ when it has a URL, there or not; else memory. */
export const openBus = async (
  { RABBITMQ_URL: url }: LocalConfig,
  logger: Logger,
  closing: GracefulStop,
  meter: Meter,
): Promise<LocalBus> => {
  const onFailure = (err: unknown, message: Message | undefined, queue: string) =>
    logger.warn(
      { err, messageId: message?.id, routingKey: message?.routingKey, queue },
      'a message was refused and will come again',
    );
  if (url === undefined) {
    const bus = memoryMessageBus({ onFailure, isClosed: true });
    const describe = () => 'memory (set RABBITMQ_URL for RabbitMQ)';
    return { bus, open: () => bus.open(), close: () => bus.close(), describe };
  }
  const bus = await rabbitMqMessageBus({ url, name: 'local', onFailure, log: oncePerOutage(logger), meter });
  closing.add('RabbitMQ', () => bus.close());
  const describe = () => {
    const { connection } = bus.status();
    return connection === 'up' ? 'RabbitMQ' : `RabbitMQ (${connection}: events wait in the outbox)`;
  };
  return { bus, open: () => undefined, close: () => undefined, describe };
};

/** Redis when it has a URL, there or not; else memory. */
export const openRevokedSessions = async (
  { REDIS_URL: url }: LocalConfig,
  logger: Logger,
  closing: GracefulStop,
): Promise<RevokedSessions> => {
  if (url === undefined) return memoryRevokedSessions(systemClock);
  const sessions = await redisRevokedSessions({
    redis: { url },
    prefix: 'supergraph:',
    onFailure: (err) => logger.warn({ err }, 'Redis cannot be asked; memory answers'),
  });
  closing.add('Redis', () => sessions.close());
  return sessions;
};

/** Redis when it has a URL, there or not; else memory. */
export const openPermissionChanges = async (
  { REDIS_URL: url }: LocalConfig,
  logger: Logger,
  closing: GracefulStop,
): Promise<PermissionChanges> => {
  const onFailure = (err: unknown) => logger.warn({ err }, 'a change of rights was not told or not heard');
  if (url === undefined) return memoryPermissionChanges(onFailure);
  const changes = await redisPermissionChanges({ url, prefix: 'supergraph:', onFailure });
  closing.add('permission changes', () => changes.close());
  return changes;
};

/** RabbitMQ is tried again every few seconds: the first failure is worth a line, those until it is back are not. */
const oncePerOutage = (logger: Pick<Logger, 'info' | 'warn'>) => {
  let isKnown = false;
  return {
    info: (fields: object, text: string) => {
      isKnown = false;
      logger.info(fields, text);
    },
    warn: (fields: object, text: string) => {
      if (!isKnown) logger.warn(fields, text);
      isKnown = true;
    },
  };
};
