import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionService, startPostgresTopology } from '@saas/local-stack';
import { applyMigrations } from '@saas/postgres';

const SERVICES = ['users', 'projects', 'notifications'];

/** One PostgreSQL topology for the whole run, with a migrated template database per service on every shard. */
const setUp = async () => {
  if (globalThis.testStack) return;
  const dataDir = await mkdtemp(join(tmpdir(), 'supergraph-test-'));
  const postgres = await startPostgresTopology({ dataDir, durability: 'process' });
  globalThis.testStack = {
    stop: async () => {
      await postgres.stop();
      await rm(postgres.home, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  for (const service of SERVICES) {
    const { migrationUrls } = await provisionService({
      topology: postgres.topology,
      service,
      database: `${service}_template`,
    });
    const directory = fileURLToPath(new URL(`../../prisma/${service}/migrations`, import.meta.url));
    await Promise.all(migrationUrls.map((url) => applyMigrations({ url, directory })));
  }
  process.env.TEST_TOPOLOGY = JSON.stringify(postgres.topology);
};

export default setUp;
