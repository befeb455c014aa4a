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
  readConfig(usersSettings.prefix, usersSettings.shape, environment);

/** What each variable accepts, is by default and means. */
export const usersSettings = {
  prefix: 'USERS_',
  shape: {
    HTTP_HOST: text().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 in a container.'),
    HTTP_PORT: port().default(4001).describe('Port to listen on; 0 takes any free port.'),
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
    TOKEN_PRIVATE_KEY: secret().describe(
      'Signs access tokens: Ed25519, PKCS #8 PEM; line breaks may be written as `\\n`.',
    ),
    TOKEN_ISSUER: text().default('supergraph').describe('The issuer that access tokens name.'),
    TOKEN_AUDIENCE: text().default('supergraph').describe('Whom access tokens are meant for.'),
    ACCESS_TOKEN_SECONDS: seconds().default(900).describe('How long an access token is good.'),
    REFRESH_TOKEN_DAYS: count().default(30).describe('How long a session lasts without being refreshed.'),
    REPLICA_LAG_MS_MAX: milliseconds()
      .default(1_000)
      .describe('How far a replica may lag behind and still be read.'),
    REQUEST_DEADLINE_MS: milliseconds().default(10_000).describe('How long one request may take altogether.'),
    RELAY_IDLE_MS: milliseconds()
      .default(1_000)
      .describe('How long an idle relay waits before it looks for announcements by itself.'),
    RECONCILE_INTERVAL_MS: milliseconds()
      .default(60_000)
      .describe('How often unfinished registrations and e-mail changes are looked for.'),
    LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .describe('The least important lines that are written.'),
  },
};
