import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provisionService, startPostgresTopology } from '@saas/local-stack';
import { applyMigrations } from '@saas/postgres';
import { serviceFolder } from '@saas/scripts';
import type { Service } from './stack.ts';

/** Database servers that this test alone uses and may therefore kill: two shards of a primary and a replica. */
export const startOwnServers = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'supergraph-servers-'));
  const postgres = await startPostgresTopology({ dataDir, shards: 2, replicas: 1, durability: 'process' });
  const { topology, home } = postgres;
  const open = async (service: Service) => {
    const provisioned = await provisionService({ topology, service });
    const directory = join(serviceFolder(service), 'migrations');
    await Promise.all(provisioned.migrationUrls.map((url) => applyMigrations({ url, directory })));
    return provisioned;
  };
  const [users, projects, notifications] = [
    await open('users'),
    await open('projects'),
    await open('notifications'),
  ];
  return {
    postgres,
    databases: { users, projects, notifications },
    stop: async () => {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
