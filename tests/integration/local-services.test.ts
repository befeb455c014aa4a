import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PostgresTopology, RunningPostgres, RunningRabbitMq, RunningRedis } from '@saas/local-stack';
import {
  cloneDatabase,
  dropDatabase,
  findRabbitMqBinary,
  findRedisBinary,
  provisionService,
  startPostgresTopology,
  startRabbitMq,
  startRedis,
} from '@saas/local-stack';
import { Client } from 'pg';

let dataDir: string;
let running: RunningPostgres;
let topology: PostgresTopology;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'local-stack-test-'));
  running = await startPostgresTopology({ dataDir, shards: 2, replicas: 1, durability: 'process' });
  topology = running.topology;
}, 60_000);

afterAll(async () => {
  await running.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const query = async <Row extends object>(url: string | undefined, sql: string): Promise<Row[]> => {
  const client = new Client({ connectionString: url ?? '' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

const kept = async (url: string | undefined) =>
  (await query<{ word: string }>(url, 'SELECT word FROM kept'))[0]?.word;

describe('a provisioned service', () => {
  it('has the same roles and databases however often and by however many it is asked for', async () => {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => provisionService({ topology, service: 'users' })),
    );
    for (const one of all) expect(one).toEqual(all[0]);
    for (const shard of all[0]?.shards ?? []) {
      for (const url of [shard.primary, ...shard.replicas]) {
        const rows = await query(
          url,
          `SELECT current_user AS me, pg_has_role('users_service', 'member') AS member`,
        );
        expect(rows).toEqual([{ me: 'users_app', member: true }]);
      }
    }
  }, 60_000);

  it('owns nothing, bypasses nothing and cannot enter the database of another', async () => {
    const users = await provisionService({ topology, service: 'owners' });
    await provisionService({ topology, service: 'others' });
    const url = users.shards[0]?.primary;
    expect(
      await query(url, 'SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user'),
    ).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    await expect(query(url, 'CREATE TABLE mine ()')).rejects.toMatchObject({ code: '42501' });
    await expect(query(url?.replace(/owners$/, 'others'), 'SELECT 1')).rejects.toMatchObject({
      code: '42501',
    });
  }, 60_000);

  it('can be copied with all it holds, on the replicas too, and dropped while in use', async () => {
    const users = await provisionService({ topology, service: 'copies' });
    await query(
      users.migrationUrls[0],
      `CREATE TABLE kept AS SELECT 'honey' AS word; GRANT SELECT ON kept TO copies_service`,
    );
    const copies = await Promise.all(
      ['copies_1', 'copies_2'].map((database) =>
        cloneDatabase({ topology, service: 'copies', template: 'copies', database }),
      ),
    );
    for (const copy of copies) expect(await kept(copy.shards[0]?.replicas[0])).toBe('honey');
    const busy = new Client({ connectionString: copies[0]?.shards[0]?.primary ?? '' });
    busy.on('error', () => undefined);
    await busy.connect();
    await dropDatabase({ topology, database: 'copies_1' });
    await dropDatabase({ topology, database: 'copies_1' });
    await expect(query(copies[0]?.shards[0]?.replicas[0], 'SELECT 1')).rejects.toMatchObject({
      code: '3D000',
    });
    await busy.end().catch(() => undefined);
  }, 60_000);
});

const redisOrNot = (await findRedisBinary()) === undefined ? it.skip : it;
const rabbitOrNot = (await findRabbitMqBinary()) === undefined ? it.skip : it;

describe('a private server', () => {
  const killAndRestart = async (server: RunningRedis | RunningRabbitMq): Promise<void> => {
    try {
      const { pid, url } = server;
      await server.kill();
      await server.restart();
      expect(server.pid).not.toBe(pid);
      expect(server.url).toBe(url);
    } finally {
      await server.stop();
    }
  };

  redisOrNot(
    'for Redis starts again in its place after it was killed',
    async () => killAndRestart(await startRedis()),
    60_000,
  );

  rabbitOrNot(
    'for RabbitMQ starts again in its place after it was killed',
    async () => killAndRestart(await startRabbitMq()),
    120_000,
  );
});
