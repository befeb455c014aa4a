import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { undeclaredEvents, type StreamId } from '@saas/event-sourcing';
import { describeEventStoreContract } from '@saas/event-sourcing/testing';
import { bucketOfId, newTenantId, systemClock, type TenantId } from '@saas/kernel';
import type { Message } from '@saas/messaging';
import { evenShardMap, keepHouse, postgresEventStore, postgresOutbox, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { openDatabase } from '../support/stack.ts';

let database: ShardedDatabase<Prisma.TransactionClient>;
beforeAll(async () => {
  const { shards } = await openDatabase('projects');
  database = new ShardedDatabase({
    service: 'projects',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
});
afterAll(() => database.stop());

const outboxOf = async (streams: readonly StreamId[]): Promise<readonly Message[]> => {
  const found: Message[] = [];
  for (const shard of database.shardNames()) {
    const outbox = postgresOutbox(database, shard);
    await outbox.claim(10_000, async (messages) => {
      found.push(...messages.filter(({ stream }) => streams.includes(stream)));
      return new Set();
    });
    await outbox.close();
  }
  return found;
};

describeEventStoreContract('postgresEventStore', async (codec) => ({
  store: postgresEventStore({ database, projections: [], codec }),
  outboxOf,
}));

const added = { type: 'Added', data: { n: 1 } } as const;
const metadata = { actor: 'ada', requestId: 'r' };
let fresh = 0;
const newStream = (): StreamId => `counter-more-${(fresh += 1)}`;
const announcement = { topic: 'counter_events', routingKey: 'counter.added', body: {} };
const tenantOn = (shard: string): TenantId => {
  const map = evenShardMap(database.shardNames());
  for (;;) {
    const tenantId = newTenantId(systemClock);
    if (map.shardOfBucket[bucketOfId(tenantId)] === shard) return tenantId;
  }
};

describe('a projection', () => {
  it('is rolled back with the events when it fails', async () => {
    const store = postgresEventStore({
      database,
      codec: undeclaredEvents,
      projections: [
        {
          name: 'broken-1',
          apply: async () => {
            throw new Error('no such column');
          },
        },
      ],
    });
    const tenantId = newTenantId(systemClock);
    const stream = newStream();
    const streams = [{ stream, expectedVersion: 0, events: [added] }];
    await expect(store.append({ tenantId, metadata, streams })).rejects.toThrow('no such column');
    expect(await store.read(tenantId, [stream])).toEqual([{ events: [], version: 0 }]);
  });
});

describe('the outbox of a shard', () => {
  const announce = async (shard: string, count: number) => {
    const store = postgresEventStore({ database, projections: [], codec: undeclaredEvents });
    const stream = newStream();
    const tenantId = tenantOn(shard);
    for (let version = 0; version < count; version += 1) {
      const streams = [{ stream, expectedVersion: version, events: [added], announcements: [announcement] }];
      await store.append({ tenantId, metadata, streams });
    }
    return stream;
  };

  it('marks as sent what was confirmed and hands the rest over again', async () => {
    const [shard = ''] = database.shardNames();
    const stream = await announce(shard, 3);
    const outbox = postgresOutbox(database, shard);
    const mine = (messages: readonly Message[]) => messages.filter((message) => message.stream === stream);
    const first = await outbox.claim(
      10_000,
      async (messages) =>
        new Set(
          mine(messages)
            .slice(0, 2)
            .map(({ id }) => id),
        ),
    );
    expect(first.sent).toBe(2);
    let left: readonly number[] = [];
    await outbox.claim(10_000, async (messages) => {
      left = mine(messages).map(({ sequence }) => sequence);
      return new Set();
    });
    expect(left).toEqual([3]);
    await outbox.close();
  });

  it('has one leader at a time', async () => {
    const [shard = ''] = database.shardNames();
    await announce(shard, 1);
    const [outbox, other] = [postgresOutbox(database, shard), postgresOutbox(database, shard)];
    const inner: unknown[] = [];
    const none = async () => new Set<string>();
    await outbox.claim(1, async () => {
      for (const each of [outbox, other]) inner.push(await each.claim(1, none));
      return new Set();
    });
    expect(inner).toEqual([
      { pending: 0, sent: 0 },
      { pending: 0, sent: 0 },
    ]);
    // It leads until it ends, not just for a batch.
    expect(await other.claim(1, none)).toEqual({ pending: 0, sent: 0 });
    await outbox.close();
    expect(await other.claim(1, none)).toEqual({ pending: 1, sent: 0 });
    await other.close();
  });

  it('leaves out the streams it is told to', async () => {
    const [shard = ''] = database.shardNames();
    const [one, two] = [await announce(shard, 1), await announce(shard, 1)];
    const outbox = postgresOutbox(database, shard);
    const seen: StreamId[] = [];
    const look = async (messages: readonly Message[]) => {
      seen.push(...messages.map(({ stream }) => stream));
      return new Set<string>();
    };
    await outbox.claim(10_000, look, [one]);
    await outbox.close();
    expect(seen).toContain(two);
    expect(seen).not.toContain(one);
  });

  it('keeps everything when the delivery fails', async () => {
    const [shard = ''] = database.shardNames();
    const stream = await announce(shard, 1);
    const outbox = postgresOutbox(database, shard);
    const failing = outbox.claim(10_000, async () => {
      throw new Error('channel closed');
    });
    await expect(failing).rejects.toThrow('channel closed');
    await outbox.close();
    expect(await outboxOf([stream])).toHaveLength(1);
  });
});

it('deletes only what nobody needs any more', async () => {
  const tenantId = newTenantId(systemClock);
  const store = postgresEventStore({ database, projections: [], codec: undeclaredEvents });
  const claim = { scope: 'ada', key: 'old', requestHash: 'h' };
  await store.append({
    tenantId,
    metadata,
    streams: [{ stream: newStream(), expectedVersion: 0, events: [added] }],
    claim,
  });
  await keepHouse(database);
  expect(await store.honoured(tenantId, claim)).toBeDefined();
  await database.write(
    tenantId,
    (tx) => tx.$executeRaw`UPDATE claims SET created_at = now() - interval '25 hours'`,
  );
  expect(await store.honoured(tenantId, claim)).toBeUndefined();
  expect(await keepHouse(database)).toBeGreaterThanOrEqual(1);
});
