import { ConfigError, type Environment } from '@saas/config';
import { Client } from 'pg';
import { readMigrationConfig } from './migration.config.ts';
import { withOperatorDatabases } from './operator-databases.ts';
import { services, type Service } from './service-folder.ts';

/** One service's database on one shard, open as the owner of its tables. */
export type DeadLetterDesk = {
  readonly service: Service;
  readonly shard: number;
  readonly client: Client;
};

type OwnerUrls = (service: Service) => readonly string[] | undefined;

/**
 * Lends `work` a session with every database: those of `MIGRATION_<SERVICE>_SHARDS`, or, when none is set, of the local
 * system in DATA_DIR, running or stopped.
 *
 * @throws {ConfigError} when the settings are wrong or name no server; what connecting throws.
 */
export const withDeadLetterDesks = async <Result>(
  environment: Environment,
  work: (desks: readonly DeadLetterDesk[], where: string) => Promise<Result>,
): Promise<Result> => {
  const set = readMigrationConfig(environment);
  const named = {
    users: set.USERS_SHARDS,
    projects: set.PROJECTS_SHARDS,
    notifications: set.NOTIFICATIONS_SHARDS,
  };
  if (services.some((service) => named[service])) {
    const urlsOf: OwnerUrls = (service) => named[service]?.map(({ primary }) => primary);
    return withSessions(urlsOf, (desks) => work(desks, 'the servers of MIGRATION_<SERVICE>_SHARDS'));
  }
  return withOperatorDatabases(environment, ({ ownerUrls, where }) =>
    withSessions(ownerUrls, (desks) => work(desks, where)),
  );
};

const withSessions = async <Result>(
  urlsOf: OwnerUrls,
  work: (desks: readonly DeadLetterDesk[]) => Promise<Result>,
): Promise<Result> => {
  const desks = services.flatMap((service) =>
    (urlsOf(service) ?? []).map((connectionString, shard) => ({
      service,
      shard,
      client: new Client({ connectionString, connectionTimeoutMillis: 5_000, application_name: 'dlq' }),
    })),
  );
  if (desks.length === 0) throw new ConfigError(['MIGRATION_<SERVICE>_SHARDS: is required']);
  try {
    for (const { client } of desks) {
      // Told by the query that needs it.
      client.on('error', () => undefined);
      await client.connect();
    }
    return await work(desks);
  } finally {
    await Promise.allSettled(desks.map(({ client }) => client.end()));
  }
};
