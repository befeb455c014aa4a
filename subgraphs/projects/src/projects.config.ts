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

/**
 * Settings of the projects subgraph. Units are part of the name; every default is safe in production.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readProjectsConfig = (environment: Environment) =>
  readConfig(
    'PROJECTS_',
    {
      HTTP_PORT: port().default(4002),
      HTTP_HOST: text().default('127.0.0.1'),
      SHARD_URLS: shardUrls(),
      /** Which shard holds which bucket, `1:0-511=shard-0,512-1023=shard-1`; equal ranges when absent. */
      SHARD_MAP: text().optional(),
      /** Shared with the gateway: proves that a request comes from it. */
      IDENTITY_KEY: secret(),
      /** Keys the hashes of idempotent requests. */
      CLAIM_SECRET: secret(),
      REPLICA_LAG_MS_MAX: milliseconds().default(1_000),
      REQUEST_DEADLINE_MS: milliseconds().default(10_000),
      /** How long an idle relay waits before it looks for announcements by itself. */
      RELAY_IDLE_MS: milliseconds().default(1_000),
      LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    },
    environment,
  );

export type ProjectsConfig = ReturnType<typeof readProjectsConfig>;
