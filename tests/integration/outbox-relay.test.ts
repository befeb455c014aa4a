import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { undeclaredEvents, type EventStore, type StreamId } from '@saas/event-sourcing';
import { newTenantId, systemClock } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import { memoryMessageBus, type Message, type MessageBus } from '@saas/messaging';
import { openServiceStore, type ServiceStore } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { prometheusMeter, type PrometheusMeter } from '@saas/telemetry';
import { openDatabase } from '../support/stack.ts';

/** Nobody would wait for a relay that looks by itself only once an hour: what arrives was brought by a notice. */
const NEVER_MS = 3_600_000;

type Tx = Prisma.TransactionClient;
type Process = ServiceStore<Tx> & { readonly arrived: readonly Message[]; readonly meter: PrometheusMeter };

let shards: Awaited<ReturnType<typeof openDatabase>>['shards'];
const running: Process[] = [];
beforeAll(async () => {
  ({ shards } = await openDatabase('projects'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});
afterAll(async () => {
  await Promise.all(running.map((each) => each.stop()));
});

/** One process of the service, as far as its databases and relays go. */
const startProcess = async (options: { relayIdleMs?: number; bus?: MessageBus } = {}): Promise<Process> => {
  const bus = options.bus ?? memoryMessageBus();
  const arrived: Message[] = [];
  await bus.subscribe({
    queue: 'q',
    bindings: [{ topic: 'counter_events', pattern: '#' }],
    handle: async (message) => void arrived.push(message),
  });
  const meter = prometheusMeter({ service: 'projects', isProcessMeasured: false, readMsMax: 30_000 });
  const store = await openServiceStore<Tx>({
    service: 'projects',
    shards,
    lagMsMax: 1_000,
    createClient: (adapter) => new PrismaClient({ adapter }),
    readModels: { inline: [], asynchronous: [] },
    codec: undeclaredEvents,
    bus,
    relayIdleMs: options.relayIdleMs ?? NEVER_MS,
    meter,
    onError: () => undefined,
  });
  store.startRelays();
  const started = { ...store, arrived, meter };
  running.push(started);
  return started;
};

let fresh = 0;
const announce = async (store: EventStore): Promise<StreamId> => {
  const stream: StreamId = `counter-relay-${(fresh += 1)}`;
  await store.append({
    tenantId: newTenantId(systemClock),
    metadata: { actor: 'ada', requestId: 'r' },
    streams: [
      {
        stream,
        expectedVersion: 0,
        events: [{ type: 'Added', data: { n: 1 } }],
        announcements: [{ topic: 'counter_events', routingKey: 'counter.added', body: {} }],
      },
    ],
  });
  return stream;
};
const has = (process: Process, stream: StreamId) => () =>
  process.arrived.some((message) => message.stream === stream);
/** The value of a metric, summed over the shards. */
const metric = async ({ meter }: Process, name: string): Promise<number> =>
  (await meter.page()).body
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
const isLeading = (process: Process) => async () =>
  (await metric(process, 'outbox_leader')) === shards.length;
/** Ends the connections of all leaders, as a crash of the server or of the network would. */
const cutLeaders = ({ database }: Process): Promise<unknown> =>
  database.eachShard(
    (tx) => tx.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7264001
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );

describe('a relay', () => {
  it('is woken by commits of its own process and of others', async () => {
    const leader = await startProcess();
    await waitUntil('a leader', isLeading(leader));
    const other = await startProcess();
    await waitUntil('what it announced itself', has(leader, await announce(leader.store)));
    await waitUntil('what another announced', has(leader, await announce(other.store)));
    expect(other.arrived).toEqual([]);
    expect(await metric(other, 'outbox_leader')).toBe(0);
  });

  it('listens and leads again by itself after its connection was lost', async () => {
    const leader = await startProcess();
    await waitUntil('a leader', isLeading(leader));
    await cutLeaders(leader);
    await waitUntil('a leader again', isLeading(leader));
    const other = await startProcess();
    await waitUntil('what another announced', has(leader, await announce(other.store)));
  });

  it('finds by itself what nobody told it of', async () => {
    const quiet = await startProcess({ relayIdleMs: 20 });
    const other = await startProcess();
    await waitUntil('a leader', isLeading(quiet));
    // As a process that was killed between its commit and its notice.
    const { tenant, stream } = { tenant: newTenantId(systemClock), stream: 'counter-silent-1' as const };
    await other.database.write(
      tenant,
      (tx) => tx.$executeRaw`
        INSERT INTO outbox (id, tenant_id, topic, routing_key, stream_id, sequence, body, headers)
        VALUES ('silent', ${tenant}, 'counter_events', 'counter.added', ${stream}, 1, '{}', '{}')`,
    );
    await waitUntil('what nobody told of', has(quiet, stream));
  });

  it('is followed by one that stands by', async () => {
    const leader = await startProcess();
    await waitUntil('a leader', isLeading(leader));
    const next = await startProcess({ relayIdleMs: 20 });
    await running.splice(running.indexOf(leader), 1)[0]?.stop();
    await waitUntil('the next leader', isLeading(next));
    await waitUntil('what it announced', has(next, await announce(next.store)));
  });

  it('shows how much waits, for how long, and what became of the rest', async () => {
    const bus = memoryMessageBus({ isClosed: true });
    const process = await startProcess({ bus, relayIdleMs: 20 });
    const streams = [await announce(process.store), await announce(process.store)];
    await waitUntil('both to be tried', async () => (await metric(process, 'outbox_held_streams')) === 2);
    expect(await metric(process, 'outbox_waiting_messages')).toBe(2);
    expect(await metric(process, 'outbox_oldest_waiting_seconds')).toBeGreaterThan(0);
    expect(await metric(process, 'outbox_unconfirmed_messages_total')).toBeGreaterThanOrEqual(2);
    expect(await metric(process, 'outbox_published_messages_total')).toBe(0);
    bus.open();
    for (const stream of streams) await waitUntil('each', has(process, stream));
    await waitUntil('none to wait', async () => (await metric(process, 'outbox_waiting_messages')) === 0);
    expect(await metric(process, 'outbox_oldest_waiting_seconds')).toBe(0);
    expect(await metric(process, 'outbox_published_messages_total')).toBe(2);
  });
});
