import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cloneDatabase,
  provisionService,
  startPostgresTopology,
  startRabbitMq,
  type ProvisionedService,
  type RunningPostgres,
  type RunningRabbitMq,
} from '@saas/local-stack';
import { applyMigrations } from '@saas/postgres';
import { serviceFolder } from '@saas/scripts';
import { asSuperuser } from '../../support/events.ts';
import { effectsTable } from './echo.ts';

/** Two PostgreSQL primaries and a RabbitMQ that nobody else uses and that may therefore be killed. */
export type Servers = {
  readonly postgres: RunningPostgres;
  readonly broker: RunningRabbitMq;
  /** For what processes say; goes with `stop`. */
  readonly folder: string;
  /** Fresh databases: one whose events are announced, and one where announcements have their effects. */
  openDatabases(name: string): Promise<Databases>;
  stop(): Promise<void>;
};

export type Databases = { readonly source: ProvisionedService; readonly target: ProvisionedService };

/** Everything that is committed survives the loss of power, as in production: a torn page would not be our fault. */
export const startServers = async (): Promise<Servers> => {
  const folder = await mkdtemp(join(tmpdir(), 'supergraph-history-'));
  const dataDir = join(folder, 'data');
  const [postgres, broker] = await Promise.all([
    startPostgresTopology({ dataDir, shards: 2, replicas: 0, durability: 'full' }),
    startRabbitMq(),
  ]);
  const { topology } = postgres;
  const prepare = async (service: 'projects' | 'notifications') => {
    const provisioned = await provisionService({ topology, service, database: `${service}_template` });
    const directory = join(serviceFolder(service), 'migrations');
    await Promise.all(provisioned.migrationUrls.map((url) => applyMigrations({ url, directory })));
  };
  await Promise.all([prepare('projects'), prepare('notifications')]);
  const clone = (service: string, name: string) =>
    cloneDatabase({
      topology,
      service,
      template: `${service}_template`,
      database: `${service}_${name}`,
    });
  return {
    postgres,
    broker,
    folder,
    openDatabases: async (name) => {
      const source = await clone('projects', name);
      const target = await clone('notifications', name);
      await asSuperuser([target], effectsTable);
      return { source, target };
    },
    stop: async () => {
      await Promise.all([postgres.stop(), broker.stop()]);
      await rm(postgres.home, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
};
