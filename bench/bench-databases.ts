import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cloneDatabase,
  provisionService,
  startPostgresTopology,
  type Durability,
  type ProvisionedService,
} from '@saas/local-stack';
import { applyMigrations } from '@saas/postgres';
import { serviceFolder, type Service } from '@saas/scripts';

/** The addresses of one service's database: its primary, and its replicas. */
export type BenchShards = ProvisionedService['shards'];

export type BenchDatabases = {
  /** A migrated database of the service, empty at first. */
  readonly provide: (service: Service) => Promise<BenchShards>;
  /** The same with the addresses of the tables’ owner. */
  readonly owned: (service: Service) => Promise<ProvisionedService>;
  /** An empty copy of a database that was provided and is not in use, on the same servers. */
  readonly copy: (service: Service, database: string) => Promise<BenchShards>;
  /** Stops the servers and removes their data. */
  readonly stop: () => Promise<void>;
};

/** One shard, its primary with two replicas, in a fresh directory. */
export const startBenchDatabases = async (durability: Durability): Promise<BenchDatabases> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
  const postgres = await startPostgresTopology({ dataDir, shards: 1, replicas: 2, durability });
  const { topology } = postgres;
  return {
    provide: async (service) => {
      const { migrationUrls, shards } = await provisionService({ topology, service });
      const directory = join(serviceFolder(service), 'migrations');
      await Promise.all(migrationUrls.map((url) => applyMigrations({ url, directory })));
      return shards;
    },
    owned: (service) => provisionService({ topology, service }),
    copy: async (service, database) =>
      (await cloneDatabase({ topology, service, template: service, database })).shards,
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
