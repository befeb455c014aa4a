import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { undeclaredEvents, type StreamId } from '@saas/event-sourcing';
import { newTenantId, systemClock } from '@saas/kernel';
import {
  provisionService,
  startPostgresTopology,
  waitUntil,
  type ProvisionedService,
  type RunningPostgres,
} from '@saas/local-stack';
import {
  applyMigrations,
  evenShardMap,
  postgresEventStore,
  ShardedDatabase,
  shardOfTenant,
  type ShardUrls,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';

type Tx = Prisma.TransactionClient;

jest.setTimeout(60_000);

let dataDir: string;
let postgres: RunningPostgres;
let service: ProvisionedService;
const opened: ShardedDatabase<Tx>[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'supergraph-shards-'));
  postgres = await startPostgresTopology({ dataDir, shards: 2, replicas: 2, durability: 'process' });
  service = await provisionService({ topology: postgres.topology, service: 'projects' });
  const directory = join(import.meta.dirname, '../../prisma/projects/migrations');
  await Promise.all(service.migrationUrls.map((url) => applyMigrations({ url, directory })));
});
afterAll(async () => {
  await Promise.all(opened.map((database) => database.stop()));
  await postgres.stop();
  await rm(postgres.home, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
});

const open = async (
  shards: readonly ShardUrls[] = service.shards,
  shardMap = evenShardMap(['shard-0', 'shard-1']),
) => {
  const database = new ShardedDatabase<Tx>({
    service: 'projects',
    shards,
    shardMap,
    createClient: (adapter) => new PrismaClient({ adapter }),
    sampleIntervalMs: 50,
  });
  opened.push(database);
  await database.start();
  return database;
};
const isReplica = async (tx: Tx): Promise<boolean> => {
  const [row] = await tx.$queryRaw<{ standby: boolean }[]>`SELECT pg_is_in_recovery() AS standby`;
  return row?.standby ?? false;
};
let fresh = 0;
const write = async (database: ShardedDatabase<Tx>, tenantId = newTenantId(systemClock)) => {
  const stream: StreamId = `counter-${(fresh += 1)}`;
  const { token } = await postgresEventStore({ database, projections: [], codec: undeclaredEvents }).append({
    tenantId,
    metadata: { actor: 'ada', requestId: 'r' },
    streams: [{ stream, expectedVersion: 0, events: [{ type: 'Added', data: {} }] }],
  });
  return { tenantId, stream, scope: { tenantId, token } };
};
const nodeOf = (database: ShardedDatabase<Tx>, name: string) =>
  database.nodes().find((node) => node.name === name);

describe('a read', () => {
  it('goes to a replica', async () => {
    const database = await open();
    expect(await database.read({ tenantId: newTenantId(systemClock) }, isReplica)).toBe(true);
  });

  it('cannot write there', async () => {
    const database = await open();
    const { tenantId } = await write(database);
    const writing = database.read({ tenantId }, (tx) => tx.$executeRaw`DELETE FROM claims`);
    await expect(writing).rejects.toThrow();
  });

  it('sees what its token stands for, every time', async () => {
    const database = await open();
    for (let round = 0; round < 50; round += 1) {
      const { scope, stream } = await write(database);
      expect(await database.read(scope, (tx) => tx.stream.count({ where: { streamId: stream } }))).toBe(1);
    }
  });

  it('asks the primary while no replica has replayed the token, and replicas again once they have', async () => {
    const database = await open();
    const nodes = ['shard-0-replica-0', 'shard-0-replica-1', 'shard-1-replica-0', 'shard-1-replica-1'];
    await Promise.all(nodes.map((node) => postgres.pauseReplay(node)));
    const { scope, stream } = await write(database);
    const look = (tx: Tx) =>
      Promise.all([tx.stream.count({ where: { streamId: stream } }), isReplica(tx)] as const);
    expect(await database.read(scope, look)).toEqual([1, false]);
    await Promise.all(nodes.map((node) => postgres.resumeReplay(node)));
    await waitUntil('the replicas caught up', async () => database.read(scope, isReplica));
  });

  it('ignores a forged token', async () => {
    const database = await open();
    const { tenantId } = await write(database);
    for (const token of ['shard-0=FFFFFFFFF/0', "shard-0='; DROP TABLE events", '=', 'x', 'shard-9=0/1']) {
      expect(await database.read({ tenantId, token }, isReplica)).toBe(true);
    }
  });

  it("sees nothing of another tenant's rows", async () => {
    const database = await open();
    const { stream } = await write(database);
    const other = { tenantId: newTenantId(systemClock) };
    expect(await database.readPrimary(other, (tx) => tx.stream.count({ where: { streamId: stream } }))).toBe(
      0,
    );
  });
});

describe('a replica', () => {
  it('may die without a failed read, is reported down, and serves again when it is back', async () => {
    const database = await open();
    await Promise.all([postgres.kill('shard-0-replica-0'), postgres.kill('shard-1-replica-0')]);
    const reads = Array.from({ length: 100 }, () =>
      database.read({ tenantId: newTenantId(systemClock) }, async () => 'seen'),
    );
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['seen']));
    await waitUntil('it is seen down', () => nodeOf(database, 'shard-0-replica-0')?.status === 'down');
    await Promise.all([postgres.restart('shard-0-replica-0'), postgres.restart('shard-1-replica-0')]);
    await waitUntil('it is seen up', () => database.nodes().every(({ status }) => status === 'up'));
  });

  it('that falls behind is reported with its lag and not read from', async () => {
    const database = new ShardedDatabase<Tx>({
      service: 'projects',
      shards: service.shards,
      shardMap: evenShardMap(['shard-0', 'shard-1']),
      createClient: (adapter) => new PrismaClient({ adapter }),
      sampleIntervalMs: 20,
      lagMsMax: 1,
    });
    opened.push(database);
    await database.start();
    const nodes = ['shard-0-replica-0', 'shard-0-replica-1', 'shard-1-replica-0', 'shard-1-replica-1'];
    await Promise.all(nodes.map((node) => postgres.pauseReplay(node)));
    const { tenantId } = await write(database);
    const shard = shardOfTenant(evenShardMap(['shard-0', 'shard-1']), tenantId);
    const isBehind = async () => {
      await write(database, tenantId);
      return database
        .nodes()
        .filter((node) => node.shard === shard && node.role === 'replica')
        .every(({ status, lagMs = 0 }) => status === 'lagging' && lagMs > 1);
    };
    try {
      await waitUntil('the lag shows', isBehind);
      expect(await database.read({ tenantId }, isReplica)).toBe(false);
    } finally {
      await Promise.all(nodes.map((node) => postgres.resumeReplay(node)));
    }
  });
});

describe('a primary that is away', () => {
  it('makes writes fail with a code, while reads without a token go on', async () => {
    const database = await open();
    const { tenantId } = await write(database);
    await Promise.all([postgres.kill('shard-0-primary'), postgres.kill('shard-1-primary')]);
    await expect(write(database, tenantId)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await database.read({ tenantId }, isReplica)).toBe(true);
    await Promise.all([postgres.restart('shard-0-primary'), postgres.restart('shard-1-primary')]);
    await waitUntil('writes work again', () =>
      write(database, tenantId).then(
        () => true,
        () => false,
      ),
    );
  });
});

describe('a start', () => {
  it('is refused with a role that row-level security does not hold', async () => {
    const shards = service.shards.map((shard, index) => ({
      ...shard,
      primary: service.migrationUrls[index] ?? '',
    }));
    await expect(open(shards)).rejects.toMatchObject({ code: 'DATABASE_ROLE_TOO_POWERFUL' });
  });

  it('is refused without tables', async () => {
    const empty = await provisionService({
      topology: postgres.topology,
      service: 'projects',
      database: 'empty',
    });
    await expect(open(empty.shards)).rejects.toMatchObject({ code: 'DATABASE_NOT_MIGRATED' });
  });

  it('is refused when the shards are named in another order', async () => {
    const database = await open();
    for (let n = 0; n < 20; n += 1) await write(database);
    const [first, second] = service.shards;
    if (!first || !second) throw new Error('two shards expected');
    const swapped = [
      { ...second, name: first.name },
      { ...first, name: second.name },
    ];
    await expect(open(swapped)).rejects.toMatchObject({ code: 'SHARD_MAP_MISMATCH' });
  });
});
