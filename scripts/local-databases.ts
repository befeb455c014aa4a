import { join } from 'node:path';
import {
  provisionedService,
  provisionService,
  startPostgresTopology,
  type PostgresTopology,
} from '@saas/local-stack';
import { applyMigrations } from '@saas/postgres';
import { serviceFolder, services, type Service } from './db-drift.ts';
import type { LocalConfig } from './local.config.ts';
import { localShardMap } from './local-shard-map.ts';
import type { Progress } from './progress.ts';

export type LocalDatabases = {
  readonly topology: PostgresTopology;
  /** `<SERVICE>_SHARD_URLS` and `<SERVICE>_SHARD_MAP` of every service. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the data really is, which root may have had to keep elsewhere than in DATA_DIR. */
  readonly home: string;
  stop(): Promise<void>;
};

/** Starts the embedded topology and brings every service's database on every shard up to date. */
export const startLocalDatabases = async (config: LocalConfig, show: Progress): Promise<LocalDatabases> => {
  const { DATA_DIR, SHARDS: shards, REPLICAS: replicas } = config;
  const postgres = await show.step('PostgreSQL', (report) =>
    startPostgresTopology({
      dataDir: join(DATA_DIR, 'postgres'),
      shards,
      replicas,
      onProgress: ({ node, status }) => report(`${node}: ${status}`),
    }),
  );
  try {
    const { topology } = postgres;
    await show.step('Databases and migrations', () =>
      Promise.all(services.map((service) => prepare(topology, service))),
    );
    return {
      topology,
      environment: await environmentOf(topology, DATA_DIR),
      home: postgres.home,
      stop: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
};

/** Where each service finds its databases on these servers, which have them. */
export const environmentOf = async (
  topology: PostgresTopology,
  dataDir: string,
): Promise<Readonly<Record<string, string>>> => {
  const names = topology.shards.map(({ name }) => name);
  const shardMap = await localShardMap(join(dataDir, 'shard-map.txt'), names);
  return Object.fromEntries(
    services.flatMap((service) => {
      const { shards } = provisionedService({ topology, service, database: service });
      const urls = shards.map(({ primary, replicas }) => [primary, ...replicas].join(',')).join(';');
      return [
        [`${service.toUpperCase()}_SHARD_URLS`, urls],
        [`${service.toUpperCase()}_SHARD_MAP`, shardMap],
      ];
    }),
  );
};

const prepare = async (topology: PostgresTopology, service: Service): Promise<void> => {
  const { migrationUrls } = await provisionService({ topology, service });
  const directory = join(serviceFolder(service), 'migrations');
  await Promise.all(migrationUrls.map((url) => applyMigrations({ url, directory })));
};
