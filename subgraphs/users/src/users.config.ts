import {
  count,
  milliseconds,
  readConfig,
  seconds,
  secret,
  serviceSettings,
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
    ...serviceSettings(4_001),
    TOKEN_PRIVATE_KEY: secret().describe(
      'Signs access tokens: Ed25519, PKCS #8 PEM; line breaks may be written as `\\n`.',
    ),
    CONTACTS_KEY: secret().describe(
      'Shared with the notifications service: lets it ask for addresses, and for nothing else.',
    ),
    PERSONAL_DATA_KEY: secret().describe(
      'Wraps the keys that names and addresses in events are sealed with. Permanent: without it they are lost.',
    ),
    TOKEN_ISSUER: text().default('supergraph').describe('The issuer that access tokens name.'),
    TOKEN_AUDIENCE: text().default('supergraph').describe('Whom access tokens are meant for.'),
    ACCESS_TOKEN_SECONDS: seconds().default(900).describe('How long an access token is good.'),
    REFRESH_TOKEN_DAYS: count().default(30).describe('How long a session lasts without being refreshed.'),
    RECONCILE_INTERVAL_MS: milliseconds()
      .default(60_000)
      .describe('How often unfinished registrations and e-mail changes are looked for.'),
  },
};
