import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgresTopology } from '@saas/local-stack';

/**
 * Lends `work` the superuser's URL of an empty PostgreSQL server that exists for this call alone. Nothing of it is
 * left, however `work` ends.
 */
export const withTemporaryServer = async <Value>(
  work: (adminUrl: string) => Promise<Value>,
): Promise<Value> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'saas-schema-'));
  try {
    const server = await startPostgresTopology({ dataDir, shards: 1, replicas: 0, durability: 'process' });
    try {
      return await work(server.topology.shards[0]?.primary ?? '');
    } finally {
      await server.stop();
      if (server.home !== dataDir) await rm(server.home, { recursive: true, force: true });
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};
