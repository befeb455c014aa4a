import { readConfig, serviceSettings, type Environment } from '@saas/config';

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
  shape: serviceSettings(4_003),
};
