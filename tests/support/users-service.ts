import { generateSigningKey, memoryRevokedSessions } from '@saas/auth';
import type { ProvisionedService } from '@saas/local-stack';
import { memoryMessageBus } from '@saas/messaging';
import { createLogger } from '@saas/telemetry';
import {
  parseEmail,
  parsePassword,
  parsePersonName,
  parseTenantName,
  plainPasswords,
  readUsersConfig,
  startUsers,
  type Registration,
  type UsersAdapters,
} from '@saas/users';

export const USERS_IDENTITY_KEY = 'users identity key';

/** The settings of the service, and of operators' tools, for these shards. */
export const usersEnvironmentFor = (shards: ProvisionedService['shards']) => ({
  USERS_HTTP_PORT: '0',
  USERS_SHARD_URLS: shards.map(({ primary, replicas }) => [primary, ...replicas].join(',')).join(';'),
  USERS_IDENTITY_KEY,
  USERS_CLAIM_SECRET: 'users claim secret',
  USERS_CONTACTS_KEY: 'contacts key of the tests',
  USERS_PERSONAL_DATA_KEY: 'users personal data key',
  USERS_TOKEN_PRIVATE_KEY: generateSigningKey().privateKeyPem,
  USERS_LOG_LEVEL: 'silent',
});

/** {@link usersEnvironmentFor}, read. */
export const usersConfigFor = (
  shards: ProvisionedService['shards'],
  environment: Readonly<Record<string, string>> = {},
) => readUsersConfig({ ...usersEnvironmentFor(shards), ...environment });

/** Starts the users service over these shards, with hashes that cost nothing, on a free port. */
export const startUsersFor = (
  shards: ProvisionedService['shards'],
  adapters: Partial<UsersAdapters> = {},
  environment: Readonly<Record<string, string>> = {},
) => {
  const config = usersConfigFor(shards, environment);
  return startUsers(config, {
    bus: memoryMessageBus(),
    logger: createLogger({ name: 'users', level: 'silent' }),
    revokedSessions: memoryRevokedSessions(),
    passwords: plainPasswords(),
    ...adapters,
  });
};

/** Somebody who founds a tenant. */
export const founder = (email: string, claim?: Registration['claim']): Registration => ({
  name: parsePersonName('Ada Lovelace'),
  email: parseEmail(email),
  password: parsePassword('correct horse'),
  place: { type: 'found', tenantName: parseTenantName('Analytical Engines') },
  requestId: 'request-1',
  ...(claim && { claim }),
});
