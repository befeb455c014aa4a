import { readConfig, shardUrls, type Environment } from '@saas/config';

/**
 * Where `npm run db:migrate` finds the servers; without any of these it migrates the local ones.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readMigrationConfig = (environment: Environment) =>
  readConfig(migrationSettings.prefix, migrationSettings.shape, environment);

const shards = (service: string) =>
  shardUrls().optional().describe(`Shards of ${service} to migrate, as the owner of the tables.`);

/** What each variable accepts, is by default and means. */
export const migrationSettings = {
  prefix: 'MIGRATION_',
  shape: {
    USERS_SHARDS: shards('users'),
    PROJECTS_SHARDS: shards('projects'),
    NOTIFICATIONS_SHARDS: shards('notifications'),
  },
};
