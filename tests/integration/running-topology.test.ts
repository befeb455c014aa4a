import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningTopology, startPostgresTopology } from '@saas/local-stack';
import { Client } from 'pg';

let dataDir = '';
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'running-topology-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const answer = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ is_replica: boolean }>('SELECT pg_is_in_recovery() AS is_replica')).rows[0]
      ?.is_replica as boolean;
  } finally {
    await client.end();
  }
};

describe('servers that another process has started', () => {
  it('are found where they listen for as long as they run', async () => {
    expect(await runningTopology(dataDir)).toBeUndefined();
    const servers = await startPostgresTopology({ dataDir, shards: 2, replicas: 1, durability: 'process' });
    try {
      const found = await runningTopology(dataDir);
      expect(found).toEqual(servers.topology);
      const [first] = found?.shards ?? [];
      expect(await answer(first?.primary ?? '')).toBe(false);
      expect(await answer(first?.replicas[0] ?? '')).toBe(true);
    } finally {
      await servers.stop();
      if (servers.home !== dataDir) await rm(servers.home, { recursive: true, force: true });
    }
    expect(await runningTopology(dataDir)).toBeUndefined();
  });
});
