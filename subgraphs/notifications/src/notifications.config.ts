import {
  count,
  flag,
  milliseconds,
  readConfig,
  secret,
  serviceSettings,
  smtpUrl,
  text,
  url,
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
    ...serviceSettings(4_003),
    CONTACTS_URL: url().describe(
      'Where the users service listens; asked for an address whenever one is needed.',
    ),
    CONTACTS_KEY: secret().describe('Shared with the users service: lets us ask for addresses.'),
    SMTP_URL: smtpUrl()
      .optional()
      .describe('Mail server that takes e-mails; they go to the spool when unset.'),
    MAIL_FROM: text()
      .default('Supergraph <notifications@supergraph.example>')
      .describe('The sender of e-mails, `Name <address>`.'),
    MAIL_SPOOL_DIR: text()
      .default('./.data/mail')
      .describe('Folder into which e-mails are written as files when there is no mail server.'),
    WEBHOOK_KEY: secret().describe(
      'The secrets that webhooks are signed with are made from it; when it changes, all of them change.',
    ),
    WEBHOOK_PRIVATE_ADDRESSES: flag()
      .default(false)
      .describe('Whether webhooks may lead to loopback, private and link-local addresses. For trials only.'),
    DELIVERY_ATTEMPTS_MAX: count()
      .max(100)
      .default(12)
      .describe('How often one delivery is tried altogether.'),
    DELIVERY_RETRY_BASE_MS: milliseconds()
      .default(5_000)
      .describe('The longest first pause between two attempts; each later one may be twice as long.'),
    DELIVERY_RETRY_MAX_MS: milliseconds()
      .default(3 * 60 * 60_000)
      .describe('No pause between two attempts is longer.'),
    DELIVERY_TIMEOUT_MS: milliseconds().default(10_000).describe('How long one attempt may take.'),
    DELIVERY_IDLE_MS: milliseconds()
      .default(1_000)
      .describe('How long idle senders wait before they look by themselves for what is due.'),
  },
};
