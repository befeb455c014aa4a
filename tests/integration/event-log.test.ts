import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { undeclaredEvents, type EventLog, type EventStore } from '@saas/event-sourcing';
import { describeEventLogContract } from '@saas/event-sourcing/testing';
import { bucketOfId, newTenantId, systemClock, type TenantId } from '@saas/kernel';
import {
  evenShardMap,
  failureOf,
  holdAppends,
  postgresEventLog,
  postgresEventStore,
  readLogPage,
  ShardedDatabase,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { openDatabase } from '../support/stack.ts';

let database: ShardedDatabase<Prisma.TransactionClient>;
let store: EventStore;
let log: EventLog;
let shard: string;
beforeAll(async () => {
  const { shards } = await openDatabase('projects');
  database = new ShardedDatabase({
    service: 'projects',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
  store = postgresEventStore({ database, projections: [], codec: undeclaredEvents });
  log = postgresEventLog({ database, codec: undeclaredEvents });
  [shard = ''] = database.shardNames();
});
afterAll(() => database.stop());

describeEventLogContract('postgresEventLog', async (codec) => ({
  store: postgresEventStore({ database, projections: [], codec }),
  log: postgresEventLog({ database, codec }),
}));

const tenantOf = (name: string): TenantId => {
  const map = evenShardMap(database.shardNames());
  for (;;) {
    const tenantId = newTenantId(systemClock);
    if (map.shardOfBucket[bucketOfId(tenantId)] === name) return tenantId;
  }
};
let fresh = 0;
const add = async (onto = store) => {
  const stream = `counter-log-${(fresh += 1)}` as const;
  const streams = [{ stream, expectedVersion: 0, events: [{ type: 'Added', data: {} }] }];
  await onto.append({ tenantId: tenantOf(shard), metadata: { actor: 'ada', requestId: 'r' }, streams });
  return stream;
};
/** Ten appends to one stream, tried again when they fail. */
const writeTen = async (onto: EventStore, written: string[]) => {
  const stream = `counter-log-${(fresh += 1)}` as const;
  const tenantId = tenantOf(shard);
  for (let version = 0; version < 10;) {
    const streams = [{ stream, expectedVersion: version, events: [{ type: 'Added', data: {} }] }];
    const metadata = { actor: 'ada', requestId: 'r' };
    const isWritten = await onto.append({ tenantId, metadata, streams }).then(
      () => true,
      () => false,
    );
    if (isWritten) written.push(`${stream}@${(version += 1)}`);
  }
};

/** The events of each stream, in the order given. */
const perStream = (events: readonly string[]) => {
  const found = new Map<string, string[]>();
  for (const event of events) {
    const [stream = ''] = event.split('@');
    found.set(stream, [...(found.get(stream) ?? []), event]);
  }
  return found;
};

/** A store whose appends have written everything and do not commit until they are let. */
const slowStore = () => {
  const [written, may] = [deferred(), deferred()];
  const apply = async () => {
    written.resolve();
    await may.promise;
  };
  const slow = postgresEventStore({
    database,
    codec: undeclaredEvents,
    projections: [{ name: 'slow-1', apply }],
  });
  return { store: slow, written: written.promise, commit: may.resolve };
};

describe('an append that takes long', () => {
  it('is waited for by a fence, while all other appends go on', async () => {
    const before = await log.fence(shard);
    const slow = slowStore();
    const appending = add(slow.store);
    await slow.written;
    const order: string[] = [];
    const fence = log.fence(shard).then((position) => {
      order.push('fence');
      return position;
    });
    const others = [await add(), await add()];
    order.push('others');
    slow.commit();
    const stream = await appending;
    const page = await log.readAll(shard, { after: before, upTo: await fence, limit: 100 });
    expect(order).toEqual(['others', 'fence']);
    expect(page[0]).toMatchObject({ stream });

    const upTo = await log.fence(shard);
    const rest = await log.readAll(shard, { after: page.at(-1)?.position ?? 0, upTo, limit: 100 });
    expect([...page, ...rest].map((event) => event.stream)).toEqual([stream, ...others]);
  });

  it('is not missed by who follows the log while many of varied lengths overlap, and some fail', async () => {
    const uneven = postgresEventStore({
      database,
      codec: undeclaredEvents,
      projections: [
        {
          name: 'uneven-1',
          apply: async ([event], tx) => {
            await tx.$executeRaw`SELECT pg_sleep(random() * 0.03)`;
            if (Number(event?.version) % 4 === 3 && !failed.has(`${event?.stream}`)) {
              failed.add(`${event?.stream}`);
              throw new Error('rolled back');
            }
          },
        },
      ],
    });
    const failed = new Set<string>();
    const written: string[] = [];
    let position = await log.fence(shard);
    let isWriting = true;
    const writers = Promise.all(Array.from({ length: 7 }, () => writeTen(uneven, written))).finally(
      () => (isWriting = false),
    );
    const read: string[] = [];
    for (let isLast = false; !isLast;) {
      isLast = !isWriting;
      const upTo = await log.fence(shard);
      const page = await log.readAll(shard, { after: position, upTo, limit: 1_000 });
      read.push(...page.map(({ stream, version }) => `${stream}@${version}`));
      position = upTo;
    }
    await writers;
    expect(failed.size).toBe(7);
    expect(perStream(read)).toEqual(perStream(written));
  });

  it('leaves no trace when it fails in the end', async () => {
    const before = await log.fence(shard);
    const failing = postgresEventStore({
      database,
      codec: undeclaredEvents,
      projections: [{ name: 'broken-1', apply: () => Promise.reject(new Error('no such column')) }],
    });
    await expect(add(failing)).rejects.toThrow('no such column');
    const stream = await add();
    const page = await log.readAll(shard, { after: before, upTo: await log.fence(shard), limit: 100 });
    expect(page.map((event) => event.stream)).toEqual([stream]);
  });
});

describe('holding appends', () => {
  it('makes every position final until the transaction ends, and lets the appends go on then', async () => {
    const before = await log.fence(shard);
    let waiting: Promise<string> | undefined;
    const seen = await database.asSystem(shard, async (tx) => {
      await holdAppends(tx, 5_000);
      const rows = () => readLogPage(tx, { after: before, upTo: Number.MAX_SAFE_INTEGER, limit: 10 });
      const first = await rows();
      waiting = add();
      while (!(await isWaiting(tx)));
      return [first.length, (await rows()).length];
    });
    const stream = await waiting;
    const page = await log.readAll(shard, { after: before, upTo: await log.fence(shard), limit: 10 });
    expect({ seen, after: page.map((event) => event.stream) }).toEqual({ seen: [0, 0], after: [stream] });
  });

  it('gives up when an append does not end in time, and has kept nobody from appending then', async () => {
    const slow = slowStore();
    const appending = add(slow.store);
    await slow.written;
    const held = await database.asSystem(shard, (tx) => holdAppends(tx, 50)).then(() => 'held', failureOf);
    expect(held).toBe('timeout');
    await add();
    slow.commit();
    await appending;
  });
});

const deferred = () => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
};

const isWaiting = async (tx: Prisma.TransactionClient): Promise<boolean> => {
  const [row] = await tx.$queryRaw<{ waiting: boolean }[]>`
    SELECT count(*) > 0 AS waiting FROM pg_locks
    WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return row?.waiting ?? false;
};
