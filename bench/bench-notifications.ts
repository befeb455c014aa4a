import type { MessageBus } from '@saas/messaging';
import { readNotificationsConfig, startNotifications, type RunningNotifications } from '@saas/notifications';
import { createLogger } from '@saas/telemetry';
import type { BenchShards } from './bench-databases.ts';
import { shardUrlsText } from './bench-projects.ts';

/** The whole notifications service in this process, on any free port. */
export const startBenchNotifications = (
  shards: BenchShards,
  bus: MessageBus,
): Promise<RunningNotifications> => {
  const config = readNotificationsConfig({
    NOTIFICATIONS_HTTP_PORT: '0',
    NOTIFICATIONS_SHARD_URLS: shardUrlsText(shards),
    NOTIFICATIONS_IDENTITY_KEY: 'notifications identity key',
    NOTIFICATIONS_CLAIM_SECRET: 'notifications claim secret',
    // Nobody in this benchmark has an address, or is sent anything outside.
    NOTIFICATIONS_CONTACTS_URL: 'http://127.0.0.1:9/contacts',
    NOTIFICATIONS_CONTACTS_KEY: 'notifications contacts key',
    NOTIFICATIONS_WEBHOOK_KEY: 'notifications webhook key',
    NOTIFICATIONS_LOG_LEVEL: 'silent',
  });
  return startNotifications(config, {
    bus,
    logger: createLogger({ name: 'notifications', level: 'silent' }),
  });
};
