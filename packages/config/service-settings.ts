import { choice, milliseconds, port, secret, shardMap, shardUrls, text } from './settings.ts';

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
  REQUEST_DEADLINE_MS: milliseconds().default(10_000).describe('How long one request may take altogether.'),
  RELAY_IDLE_MS: milliseconds()
    .default(1_000)
    .describe('How long an idle relay waits before it looks for announcements by itself.'),
  LOG_LEVEL: logLevel().default('info').describe('The least important lines that are written.'),
});
