import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { defineErrors, newTenantId, systemClock } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import { evenShardMap, holdAppends, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { cancelProxy } from '../support/cancel-proxy.ts';
import { statementWatch } from '../support/running-statements.ts';
import { openDatabase, topology } from '../support/stack.ts';

jest.setTimeout(120_000);

type Tx = Prisma.TransactionClient;

const CONNECTIONS_MAX = 4;
const RACES = 100;
const left = defineErrors({
  CALLER_LEFT: { audience: 'client', retryable: true, message: 'The caller has left.' },
});
const tenantId = newTenantId(systemClock);

let open: (transactionMs: number) => Promise<ShardedDatabase<Tx>>;
let database: ShardedDatabase<Tx>;
let proxies: readonly Awaited<ReturnType<typeof cancelProxy>>[];
let watch: Awaited<ReturnType<typeof statementWatch>>;
beforeAll(async () => {
  const { shards, database: name } = await openDatabase('projects');
  const servers = topology().shards.flatMap(({ primary, replicas }) => [primary, ...replicas]);
  watch = await statementWatch(servers, [name]);
  proxies = await Promise.all(shards.map(({ primary }) => cancelProxy(primary)));
  open = async (transactionMs) => {
    const opened = new ShardedDatabase<Tx>({
      service: 'projects',
      shards: shards.map((shard, index) => ({ ...shard, primary: proxies[index]?.url ?? '' })),
      shardMap: evenShardMap(shards.map(({ name: shard }) => shard)),
      createClient: (adapter) => new PrismaClient({ adapter }),
      limits: { connectionsMax: CONNECTIONS_MAX, connectMs: 60_000, statementMs: 60_000, transactionMs },
    });
    await opened.start();
    return opened;
  };
  database = await open(90_000);
});
afterAll(async () => {
  await database.stop();
  await watch.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

const sleep = (seconds: number) => (tx: Tx) =>
  tx.$queryRaw`SELECT 'slow', pg_sleep(${seconds}::float8)::text`;
const sleeping = () => watch.running('pg_sleep');
const inFlight = (count: number) =>
  waitUntil(`${count} statements in flight`, async () => (await sleeping()).length === count, {
    timeoutMs: 60_000,
  });
const leaving = () => {
  const caller = new AbortController();
  return { signal: caller.signal, leave: () => caller.abort(left.CALLER_LEFT()) };
};
const deferred = () => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { readonly code?: unknown }).code,
  );
/** As many connections work as there may be, each of them in a transaction of its own. */
const isWhole = async () => {
  const all = Array.from({ length: 3 * CONNECTIONS_MAX }, (_, index) =>
    database.readPrimary({ tenantId }, (tx) => tx.$queryRaw<{ n: number }[]>`SELECT ${index}::int AS n`),
  );
  expect((await Promise.all(all)).map(([row]) => row?.n)).toEqual(all.map((_, index) => index));
};

describe('a read whose caller leaves', () => {
  it.each(['read', 'readPrimary'] as const)('ends its statement at the server (%s)', async (how) => {
    const { signal, leave } = leaving();
    const reading = codeOf(database[how]({ tenantId, patience: { signal } }, sleep(60)));
    await inFlight(1);
    leave();
    expect(await reading).toBe('CALLER_LEFT');
    expect(await sleeping()).toEqual([]);
    await isWhole();
  });

  it('runs none of the statements that would have followed', async () => {
    const { signal, leave } = leaving();
    const reading = codeOf(
      database.read({ tenantId, patience: { signal } }, async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        leave();
        for (let round = 0; round < 1_000; round += 1) await sleep(0.5)(tx);
      }),
    );
    expect(await reading).toBe('CALLER_LEFT');
    expect(await sleeping()).toEqual([]);
    await isWhole();
  });

  it('leaves the queue for a connection at once, and its place to the next', async () => {
    const hours = Array.from({ length: CONNECTIONS_MAX }, leaving);
    const busy = hours.map(({ signal }) =>
      codeOf(database.readPrimary({ tenantId, patience: { signal } }, sleep(60))),
    );
    await inFlight(CONNECTIONS_MAX);
    const { signal, leave } = leaving();
    const waiting = Array.from({ length: 20 }, () =>
      codeOf(database.readPrimary({ tenantId, patience: { signal } }, sleep(60))),
    );
    const after = database.readPrimary({ tenantId }, async () => 'served');
    leave();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['CALLER_LEFT']));
    expect(await sleeping()).toHaveLength(CONNECTIONS_MAX);
    for (const each of hours) each.leave();
    expect(await after).toBe('served');
    expect(new Set(await Promise.all(busy))).toEqual(new Set(['CALLER_LEFT']));
    await isWhole();
  });
});

describe('a deadline', () => {
  it('ends the statement of a read', async () => {
    const patience = { endsAtMs: performance.now() + 300 };
    expect(await codeOf(database.read({ tenantId, patience }, sleep(60)))).toBe('DATABASE_TIMEOUT');
    expect(await sleeping()).toEqual([]);
    await isWhole();
  });

  it('is set by the limit of transactions for who does not name one', async () => {
    const hurried = await open(300);
    expect(await codeOf(hurried.readPrimary({ tenantId }, sleep(60)))).toBe('DATABASE_TIMEOUT');
    expect(await sleeping()).toEqual([]);
    await hurried.stop();
  });

  it('is kept by the server itself, should nobody be there to cancel', async () => {
    const patience = { endsAtMs: performance.now() + 10_000 };
    const limit = await database.read({ tenantId, patience }, async (tx) => {
      const [row] = await tx.$queryRaw<{ ms: number }[]>`
        SELECT setting::int AS ms FROM pg_settings WHERE name = 'statement_timeout'`;
      return row?.ms ?? 0;
    });
    expect(limit).toBeGreaterThan(0);
    expect(limit).toBeLessThanOrEqual(10_000);
  });

  it('ends the transaction of a write, and nothing of it is kept', async () => {
    const endsAtMs = performance.now() + 500;
    const count = (tx: Tx) => tx.claim.count({ where: { tenantId } });
    const writing = database.write(
      tenantId,
      async (tx) => {
        await tx.claim.create({ data: { tenantId, scope: 's', key: 'late', requestHash: 'h', result: [] } });
        await sleep(60)(tx);
      },
      { endsAtMs },
    );
    expect(await codeOf(writing)).toBe('DATABASE_TIMEOUT');
    expect(await database.readPrimary({ tenantId }, count)).toBe(0);
    expect(await sleeping()).toEqual([]);
  });

  it('is kept while an append waits for its lock', async () => {
    const holding = leaving();
    const shard = database.shardOf(tenantId);
    const held = deferred();
    const holder = database.asSystem(shard, async (tx) => {
      await holdAppends(tx, 10_000);
      held.resolve();
      await new Promise<void>((resolve) => holding.signal.addEventListener('abort', () => resolve()));
    });
    await held.promise;
    const work = async (tx: Tx) => void (await tx.$executeRaw`SELECT 1`);
    const appending = database.append(tenantId, work, { endsAtMs: performance.now() + 300 });
    expect(await codeOf(appending)).toBe('DATABASE_TIMEOUT');
    holding.leave();
    await holder;
    await expect(database.append(tenantId, work)).resolves.toContain(`${shard}=`);
  });
});

describe('a cancel request', () => {
  const bystander = async (n: number): Promise<number> => {
    const rows = await database.readPrimary(
      { tenantId },
      (tx) => tx.$queryRaw<{ n: number }[]>`SELECT ${n}::int AS n, pg_sleep(0.02)::text`,
    );
    return rows[0]?.n ?? -1;
  };
  /** Leaves at about the moment in which its statement ends. */
  const victim = async (): Promise<unknown> => {
    const { signal, leave } = leaving();
    return codeOf(
      database.readPrimary({ tenantId, patience: { signal } }, async (tx) => {
        setTimeout(leave, 40 * Math.random());
        return sleep(Math.random() / 100)(tx);
      }),
    );
  };

  it('never hits the statement of somebody else, whenever it comes', async () => {
    const outcomes: unknown[] = [];
    for (const proxy of proxies) proxy.setFate({ delayMs: () => Math.random() * 30 });
    for (let round = 0; round < RACES; round += 1) {
      const numbers = Array.from({ length: 2 * CONNECTIONS_MAX }, (_, index) => round * 100 + index);
      const victims = Array.from({ length: CONNECTIONS_MAX }, victim);
      expect(await Promise.all(numbers.map(bystander))).toEqual(numbers);
      outcomes.push(...(await Promise.all(victims)));
    }
    for (const proxy of proxies) proxy.setFate({ delayMs: () => 0 });
    // Some were in time and some were not: there was a race.
    expect(new Set(outcomes)).toEqual(new Set(['done', 'CALLER_LEFT']));
    expect(proxies.reduce((sum, proxy) => sum + proxy.cancels(), 0)).toBeGreaterThan(RACES);
    expect(await sleeping()).toEqual([]);
    await isWhole();
  });

  it('that is not answered costs the connection, which is replaced', async () => {
    for (const proxy of proxies) proxy.setFate('never answered');
    const { signal, leave } = leaving();
    const reading = codeOf(database.readPrimary({ tenantId, patience: { signal } }, sleep(60)));
    await inFlight(1);
    leave();
    expect(await reading).toBe('CALLER_LEFT');
    for (const proxy of proxies) proxy.setFate({ delayMs: () => 0 });
    await isWhole();
    // Nobody listens to the statement any more; the server finds out by itself.
    await inFlight(0);
  });
});
