import { ConfigError } from '@saas/config';
import { openReadModelDesk, type ReadModelDesk } from '@saas/postgres';
import type { OperatorDatabases } from './operator-databases.ts';
import { services, type Service } from './service-folder.ts';

/**
 * Lends `work` a desk for each service whose databases are known.
 *
 * @throws {ConfigError} naming the settings that are wrong, or that would say who owns the tables.
 */
export const withReadModelDesks = async <Result>(
  databases: OperatorDatabases,
  work: (desks: readonly ReadModelDesk[]) => Promise<Result>,
): Promise<Result> => {
  const desks: ReadModelDesk[] = [];
  try {
    for (const service of services)
      desks.push(await openDesk[service](databases, ownersOf(databases, service)));
    return await work(desks);
  } finally {
    await Promise.all(desks.map((desk) => desk.close()));
  }
};

const ownersOf = ({ ownerUrls }: OperatorDatabases, service: Service): readonly string[] => {
  const urls = ownerUrls(service);
  if (urls === undefined)
    throw new ConfigError([
      `MIGRATION_${service.toUpperCase()}_SHARDS: is required; read models are built by the owner of the tables`,
    ]);
  return urls;
};

type Open = (databases: OperatorDatabases, ownerUrls: readonly string[]) => Promise<ReadModelDesk>;

const openDesk: Readonly<Record<Service, Open>> = {
  users: async ({ environment }, ownerUrls) => {
    const { readUsersConfig, usersEvents, usersRebuilding } = await import('@saas/users');
    const { SHARD_URLS: shards, SHARD_MAP: shardMap, PERSONAL_DATA_KEY } = readUsersConfig(environment);
    const sealing = { schemas: usersEvents, secret: PERSONAL_DATA_KEY.reveal() };
    return openReadModelDesk({ service: 'users', shards, shardMap, ownerUrls, sealing, ...usersRebuilding });
  },
  projects: async ({ environment }, ownerUrls) => {
    const { readProjectsConfig, projectsRebuilding } = await import('@saas/projects');
    const { SHARD_URLS: shards, SHARD_MAP: shardMap } = readProjectsConfig(environment);
    return openReadModelDesk({ service: 'projects', shards, shardMap, ownerUrls, ...projectsRebuilding });
  },
  notifications: async ({ environment }, ownerUrls) => {
    const { readNotificationsConfig, notificationsRebuilding } = await import('@saas/notifications');
    const { SHARD_URLS: shards, SHARD_MAP: shardMap } = readNotificationsConfig(environment);
    const service = 'notifications';
    return openReadModelDesk({ service, shards, shardMap, ownerUrls, ...notificationsRebuilding });
  },
};
