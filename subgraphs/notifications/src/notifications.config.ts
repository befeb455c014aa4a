import {
  choice,
  milliseconds,
  port,
  readConfig,
  secret,
  shardUrls,
  text,
  type Environment,
} from '@saas/config';

export type NotificationsConfig = ReturnType<typeof readNotificationsConfig>;

/**
 * Settings of the notifications subgraph. Units are part of the name; every default is safe in production.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readNotificationsConfig = (environment: Environment) =>
  readConfig(
    'NOTIFICATIONS_',
    {
      HTTP_HOST: text().default('127.0.0.1'),
      HTTP_PORT: port().default(4003),
      SHARD_URLS: shardUrls(),
      SHARD_MAP: text().optional(),
      IDENTITY_KEY: secret(),
      CLAIM_SECRET: secret(),
      REPLICA_LAG_MS_MAX: milliseconds().default(1_000),
      REQUEST_DEADLINE_MS: milliseconds().default(10_000),
      RELAY_IDLE_MS: milliseconds().default(1_000),
      LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    },
    environment,
  );
