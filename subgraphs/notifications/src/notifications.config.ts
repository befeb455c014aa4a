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
  readConfig(notificationsSettings.prefix, notificationsSettings.shape, environment);

/** What each variable accepts, is by default and means. */
export const notificationsSettings = {
  prefix: 'NOTIFICATIONS_',
  shape: {
    HTTP_HOST: text().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 in a container.'),
    HTTP_PORT: port().default(4003).describe('Port to listen on; 0 takes any free port.'),
    SHARD_URLS: shardUrls().describe(
      'Every shard of this service: its primary, then its replicas. The order of shards is permanent.',
    ),
    SHARD_MAP: text()
      .optional()
      .describe(
        'Which shard holds which bucket: `1:0-511=shard-0,512-1023=shard-1`. Equal ranges when unset.',
      ),
    IDENTITY_KEY: secret().describe('Shared with the gateway: proves that a request comes from it.'),
    CLAIM_SECRET: secret().describe('Keys the hashes by which repeated requests are recognised.'),
    REPLICA_LAG_MS_MAX: milliseconds()
      .default(1_000)
      .describe('How far a replica may lag behind and still be read.'),
    REQUEST_DEADLINE_MS: milliseconds().default(10_000).describe('How long one request may take altogether.'),
    RELAY_IDLE_MS: milliseconds()
      .default(1_000)
      .describe('How long an idle relay waits before it looks for announcements by itself.'),
    LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .describe('The least important lines that are written.'),
  },
};
