import type { Environment } from '@saas/config';
import type { LocalSecrets } from './local-secrets.ts';
import type { LocalConfig } from './local.config.ts';

/** What the parts of a local system are told of its secrets; where the databases are comes from elsewhere. */
export const partsEnvironment = (
  config: Pick<LocalConfig, 'LOG_LEVEL'>,
  secrets: LocalSecrets,
): Environment => ({
  USERS_TOKEN_PRIVATE_KEY: secrets.tokenPrivateKey,
  USERS_CONTACTS_KEY: secrets.contactsKey,
  NOTIFICATIONS_CONTACTS_KEY: secrets.contactsKey,
  // Known only when the users service listens; see startSubgraphs.
  NOTIFICATIONS_CONTACTS_URL: 'http://127.0.0.1/',
  NOTIFICATIONS_WEBHOOK_KEY: secrets.webhookKey,
  USERS_PERSONAL_DATA_KEY: secrets.personalDataKey,
  ...Object.fromEntries(
    Object.entries(secrets.identityKeys).flatMap(([service, key]) => [
      [`${service.toUpperCase()}_IDENTITY_KEY`, key],
      [`${service.toUpperCase()}_CLAIM_SECRET`, secrets.claimSecret],
      [`${service.toUpperCase()}_LOG_LEVEL`, config.LOG_LEVEL],
    ]),
  ),
  GATEWAY_IDENTITY_KEYS: Object.entries(secrets.identityKeys)
    .map(([service, key]) => `${service}=${key}`)
    .join(','),
  GATEWAY_LOG_LEVEL: config.LOG_LEVEL,
});
