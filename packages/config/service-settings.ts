import {
  choice,
  count,
  countOrNone,
  milliseconds,
  port,
  secret,
  shardMap,
  shardUrls,
  text,
} from './settings.ts';

/** How much is written to the log, the least first. */
export const logLevel = () => choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

/** What every event-sourced service is told, each under its own prefix. */
export const serviceSettings = (httpPort: number) => ({
  HTTP_HOST: text().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 in a container.'),
  HTTP_PORT: port().default(httpPort).describe('Port to listen on; 0 takes any free port.'),
  SHARD_URLS: shardUrls().describe(
    'Every shard of this service: its primary, then its replicas. The order of shards is permanent.',
  ),
  SHARD_MAP: shardMap().optional().describe('Which shard holds which bucket. Equal ranges when unset.'),
  IDENTITY_KEY: secret().describe('Shared with the gateway: proves that a request comes from it.'),
  CLAIM_SECRET: secret().describe('Keys the hashes by which repeated requests are recognised.'),
  REPLICA_LAG_MS_MAX: milliseconds()
    .default(1_000)
    .describe('How far a replica may lag behind and still be read.'),
  CONNECTIONS_MAX: count()
    .optional()
    .describe('Connections to each database server that serve requests; 8 when unset.'),
  STATEMENT_MS_MAX: milliseconds()
    .optional()
    .describe(
      'How long one SQL statement may run, should its request have that much time left; 5000 when unset.',
    ),
  REQUEST_DEADLINE_MS: milliseconds().default(10_000).describe('How long one request may take altogether.'),
  DRAIN_MS: countOrNone()
    .max(60_000)
    .default(2_000)
    .describe(
      'How long requests are still served after SIGTERM while `/health/ready` says no: longer than the callers take to notice.',
    ),
  RELAY_IDLE_MS: milliseconds()
    .default(1_000)
    .describe('How long an idle relay waits before it looks for announcements by itself.'),
  RETRY_ATTEMPTS_MAX: count()
    .optional()
    .describe('How often a message is tried before it becomes a dead letter; 8 when unset.'),
  RETRY_WAIT_MS_MAX: milliseconds()
    .optional()
    .describe('The longest wait before a message is tried again; 60000 when unset.'),
  PARKED_PER_STREAM_MAX: count()
    .optional()
    .describe(
      'How many messages of one stream may wait behind one that cannot be handled; 10000 when unset.',
    ),
  PARKED_MAX: count()
    .optional()
    .describe('How many messages that cannot be handled are kept altogether, about; 100000 when unset.'),
  LOG_LEVEL: logLevel().default('info').describe('The least important lines that are written.'),
});
