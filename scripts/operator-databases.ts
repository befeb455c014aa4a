import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Environment } from '@saas/config';
import type { PostgresTopology } from '@saas/local-stack';
import { readLocalConfig, type LocalConfig } from './local.config.ts';
import { readMigrationConfig } from './migration.config.ts';
import { services, type Service } from './service-folder.ts';

/** The databases that an operator's tool works on. */
export type OperatorDatabases = {
  /** What the services themselves would be told: `<SERVICE>_SHARD_URLS`, `<SERVICE>_SHARD_MAP`, secrets. */
  readonly environment: Environment;
  /** The URLs of the owner of a service's tables, one per shard; undefined when no setting names them. */
  readonly ownerUrls: (service: Service) => readonly string[] | undefined;
  /** Which databases these are, for people. */
  readonly where: string;
};

/**
 * Lends `work` the databases that the settings name. When they name none, those of the local system in `DATA_DIR`: the
 * servers of the one that runs, or else servers that are started for this call and stopped after it.
 *
 * @throws {ConfigError} when the settings are wrong, or there has never been a system in `DATA_DIR`.
 * @throws {AppError} `DATA_DIR_IN_USE` while the local system is starting or stopping; whatever starting servers throws.
 */
export const withOperatorDatabases = async <Result>(
  given: Environment,
  work: (databases: OperatorDatabases) => Promise<Result>,
): Promise<Result> => {
  if (services.some((service) => given[`${service.toUpperCase()}_SHARD_URLS`])) {
    return work({
      environment: given,
      ownerUrls: ownersBySettings(given),
      where: 'the servers of SHARD_URLS',
    });
  }
  const config = readLocalConfig(given);
  if (!existsSync(join(config.DATA_DIR, 'secrets.json'))) {
    throw new ConfigError(['DATA_DIR: no system has been started here yet; `npm start` makes one']);
  }
  return withLocalDatabases(config, given, work);
};

const ownersBySettings = (given: Environment): OperatorDatabases['ownerUrls'] => {
  const set = readMigrationConfig(given);
  const shards = {
    users: set.USERS_SHARDS,
    projects: set.PROJECTS_SHARDS,
    notifications: set.NOTIFICATIONS_SHARDS,
  };
  return (service) => shards[service]?.map(({ primary }) => primary);
};

/** What only a developer's machine has is loaded late: an image of production is without it. */
const withLocalDatabases = async <Result>(
  config: LocalConfig,
  given: Environment,
  work: (databases: OperatorDatabases) => Promise<Result>,
): Promise<Result> => {
  const { provisionedService, runningTopology } = await import('@saas/local-stack');
  const { environmentOf, startLocalDatabases } = await import('./local-databases.ts');
  const { localSecrets } = await import('./local-secrets.ts');
  const { partsEnvironment } = await import('./parts-environment.ts');
  const secrets = partsEnvironment(config, await localSecrets(join(config.DATA_DIR, 'secrets.json')));
  const lend = async (topology: PostgresTopology, where: string): Promise<Result> =>
    work({
      environment: { ...secrets, ...(await environmentOf(topology, config.DATA_DIR)), ...given },
      ownerUrls: (service) => provisionedService({ topology, service, database: service }).migrationUrls,
      where,
    });

  const running = await runningTopology(join(config.DATA_DIR, 'postgres'));
  if (running) return lend(running, `the running system in ${config.DATA_DIR}`);
  const started = await startLocalDatabases(config, silently);
  try {
    return await lend(started.topology, `the stopped system in ${config.DATA_DIR}`);
  } finally {
    await started.stop();
  }
};

/** The tool's own output is what people want to see. */
const silently = {
  line: () => true,
  total: () => '',
  step: async <Result>(_: string, step: (report: () => void) => Promise<Result>) => step(() => undefined),
};
