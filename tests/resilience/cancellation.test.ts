import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { bucketOfId, newId, systemClock } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import { holdTable } from '../support/held-table.ts';
import { processSize } from '../support/process-size.ts';
import { statementWatch } from '../support/running-statements.ts';
import { topology } from '../support/stack.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import type { Person } from '../support/tenants.ts';
import { vanishingClients } from '../support/vanishing-clients.ts';

const CLIENTS = 500;
/** How many calls are begun and left in the search for leaks; see `npm run test:resilience -- --cancelled-calls N`. */
const CALLS = Number(process.env['CANCELLED_CALLS'] ?? 1_000);
const ROUND = 100;
const ROUNDS_MIN = 3;

// Deadlines for a machine that is busy with other things; nothing here measures time. What is waited for has to come
// sooner than the time-outs that would bring it about anyway, 200 s for calls and statements.
jest.setTimeout(180_000 + 300 * CALLS);
const eventually = { timeoutMs: 100_000, intervalMs: 20 };
const soon = { timeoutMs: 60_000, intervalMs: 20 };

const READ = 'query ($id: ID!) { project(id: $id) { name } }';

let system: SystemUnderTest;
let owner: Person;
let watch: Awaited<ReturnType<typeof statementWatch>>;
let clients: ReturnType<typeof vanishingClients>;
beforeAll(async () => {
  system = await startSystem({
    PROJECTS_STATEMENT_MS_MAX: '200000',
    PROJECTS_REQUEST_DEADLINE_MS: '200000',
    GATEWAY_UPSTREAM_TIMEOUT_MS: '200000',
    GATEWAY_REQUEST_DEADLINE_MS: '200000',
    // Hundreds that hang are an overload, and most of them would be refused.
    GATEWAY_OVERLOAD_CONTROL: 'false',
  });
  // A first request of all may be too slow for its database.
  owner = await waitUntil(
    'somebody to be let in',
    () => system.registerTenant().catch(() => undefined),
    eventually,
  );
  const servers = topology().shards.flatMap(({ primary, replicas }) => [primary, ...replicas]);
  watch = await statementWatch(servers, [system.databases.projects.database]);
});
beforeEach(() => {
  clients = vanishingClients(system.url);
});
afterEach(() => clients.vanish());
afterAll(async () => {
  await watch.close();
  await system.stop();
});

/** Somebody asks for a project that nobody else asks for. */
const askForOne = (): void =>
  clients.ask(READ, { id: newId('prj', bucketOfId(owner.tenantId), systemClock) }, owner);
const hold = async (table: string) => {
  const letGo = await holdTable(system.databases.projects.migrationUrls, table, 'ACCESS EXCLUSIVE');
  await waitUntil('the replicas to keep it too', watch.isLockedEverywhere, soon);
  return letGo;
};
const held = async () =>
  (await watch.running('')).filter(({ waitsFor }) => waitsFor?.startsWith('Lock/') === true);
const inHand = async (): Promise<number> => {
  const page = await (await fetch(new URL('/metrics', system.projects.url))).text();
  return Number(/^subgraph_requests_in_hand\{.*\} (\d+)$/m.exec(page)?.[1]);
};
/** So many ask, and the gateway has them all: nobody can leave who has not come. */
const allCome = async (count: number): Promise<void> => {
  const before = clients.arrived();
  for (let client = 0; client < count; client += 1) askForOne();
  await waitUntil('all to have come', () => clients.arrived() === before + count, eventually);
};
const allGone = () =>
  waitUntil(
    'every call and every statement to be gone',
    async () => (await held()).length === 0 && (await inHand()) === 0,
    soon,
  );

describe(`${CLIENTS} clients that vanish in the middle of their queries`, () => {
  it('leave nothing running behind, in the subgraph or in the database', async () => {
    const letGo = await hold('projects');
    try {
      await allCome(CLIENTS);
      await waitUntil('all connections to be in use', async () => (await held()).length >= 8, soon);
      expect(await inHand()).toBeGreaterThanOrEqual(8);
      clients.vanish();
      await allGone();
    } finally {
      await letGo();
    }
  });

  it('leave the service as it was', async () => {
    const found = await Promise.all(
      Array.from({ length: 50 }, () =>
        system.graphql(READ, { id: newId('prj', bucketOfId(owner.tenantId), systemClock) }, owner),
      ),
    );
    expect(new Set(found.map(({ text }) => text))).toEqual(new Set(['{"data":{"project":null}}']));
  });
});

describe(`${CALLS} calls that nobody waits for in the end`, () => {
  const round = async (): Promise<void> => {
    await allCome(ROUND);
    await waitUntil('statements to be in flight', async () => (await held()).length > 0, soon);
    clients.vanish();
    await allGone();
  };
  const size = async () => {
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    return { ...(await processSize()), timers };
  };

  it('leave no memory, connection, timer or listener behind', async () => {
    const letGo = await hold('projects');
    try {
      for (let warmUp = 0; warmUp < ROUNDS_MIN; warmUp += 1) await round();
      const before = await size();
      for (let done = 0; done < Math.max(CALLS, ROUNDS_MIN * ROUND); done += ROUND) await round();
      const after = await size();
      expect(after.heapBytes - before.heapBytes).toBeLessThan(16 * 2 ** 20);
      expect(after.files - before.files).toBeLessThan(ROUND / 2);
      expect(after.timers - before.timers).toBeLessThan(ROUND / 2);
      expect(after.threads).toBeLessThanOrEqual(before.threads + 4);
    } finally {
      await letGo();
    }
  });
});
