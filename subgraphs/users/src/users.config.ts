import {
  choice,
  count,
  milliseconds,
  port,
  readConfig,
  seconds,
  secret,
  shardUrls,
  text,
  type Environment,
} from '@saas/config';

export type UsersConfig = ReturnType<typeof readUsersConfig>;

/**
 * Settings of the users subgraph. Units are part of the name; every default is safe in production.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readUsersConfig = (environment: Environment) =>
  readConfig(
    'USERS_',
    {
      HTTP_HOST: text().default('127.0.0.1'),
      HTTP_PORT: port().default(4001),
      SHARD_URLS: shardUrls(),
      SHARD_MAP: text().optional(),
      IDENTITY_KEY: secret(),
      CLAIM_SECRET: secret(),
      /** Ed25519, PKCS #8 PEM; line breaks may be written as `\n`. */
      TOKEN_PRIVATE_KEY: secret(),
      TOKEN_ISSUER: text().default('supergraph'),
      TOKEN_AUDIENCE: text().default('supergraph'),
      ACCESS_TOKEN_SECONDS: seconds().default(900),
      REFRESH_TOKEN_DAYS: count().default(30),
      REPLICA_LAG_MS_MAX: milliseconds().default(1_000),
      REQUEST_DEADLINE_MS: milliseconds().default(10_000),
      RELAY_IDLE_MS: milliseconds().default(1_000),
      RECONCILE_INTERVAL_MS: milliseconds().default(60_000),
      LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    },
    environment,
  );
