import { systemClock, type Clock, type TenantId } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';
import { undeclaredEvents, type EventCodec } from './event-codec.ts';
import { checkPage, type EventLog } from './event-log.port.ts';
import {
  eventStoreErrors,
  type Append,
  type Claim,
  type EventStore,
  type OutboxMessage,
  type Receipt,
  type Snapshot,
  type StreamAppend,
  type StreamSlice,
  type StreamVersion,
} from './event-store.port.ts';
import { outboxMessages } from './outbox-messages.ts';
import type { StreamId } from './recorded-event.ts';
import {
  decodeLogged,
  decodeStored,
  encodeRecorded,
  recordedEvents,
  type StoredEvent,
} from './stored-event.ts';

type Stored = { tenantId: TenantId; events: StoredEvent[]; announced: number; snapshot?: Snapshot };

/** A real event store that forgets on exit. Used by unit tests; held to the same contract as the others. */
export const memoryEventStore = (
  clock: Clock = systemClock,
  codec = undeclaredEvents,
): EventStore & { readonly outbox: readonly OutboxMessage[]; readonly log: EventLog } => {
  const all: StoredEvent[] = [];
  const streams = new Map<StreamId, Stored>();
  const claims = new Map<string, { requestHash: string; result: readonly StreamVersion[] }>();
  const received = new Map<string, number>();
  const outbox: OutboxMessage[] = [];

  const ofTenant = (tenantId: TenantId, stream: StreamId): Stored | undefined => {
    const stored = streams.get(stream);
    return stored?.tenantId === tenantId ? stored : undefined;
  };
  const isAt = (tenantId: TenantId, { stream, version }: StreamVersion): boolean =>
    (ofTenant(tenantId, stream)?.events.length ?? 0) === version && (version > 0 || !streams.has(stream));

  const check = ({ tenantId, streams: appends, dependsOn = [], claim, receipts = [] }: Append): void => {
    const seen = new Map<string, number>();
    for (const receipt of receipts) {
      const id = receiptId(receipt);
      checkReceipt(receipt, seen.get(id) ?? received.get(id) ?? 0);
      seen.set(id, receipt.sequence);
    }
    const expected = appends.map(({ stream, expectedVersion }) => ({ stream, version: expectedVersion }));
    const isStale = [...expected, ...dependsOn].some((each) => !isAt(tenantId, each));
    if (isStale || (claim && claims.has(claimId(tenantId, claim)))) throw eventStoreErrors.VERSION_CONFLICT();
  };

  const store = (append: Append, each: StreamAppend, events: readonly StoredEvent[]): StreamVersion => {
    const { tenantId } = append;
    if (each.events.length === 0) return { stream: each.stream, version: each.expectedVersion };
    const stored = streams.get(each.stream) ?? { tenantId, events: [], announced: 0 };
    const mine = events.filter(({ stream }) => stream === each.stream);
    stored.events.push(...mine);
    all.push(...mine);
    outbox.push(...outboxMessages(append, each, stored.announced, clock));
    stored.announced += each.announcements?.length ?? 0;
    const version = stored.events.length;
    if (each.snapshot) stored.snapshot = { ...each.snapshot, version };
    streams.set(each.stream, stored);
    return { stream: each.stream, version };
  };

  return {
    outbox,
    log: memoryEventLog(all, codec),
    async read<Event extends DomainEvent>(
      tenantId: TenantId,
      ids: readonly StreamId[],
      { snapshots, upTo }: { readonly snapshots?: number; readonly upTo?: readonly number[] } = {},
    ) {
      const slices = ids.map((id, index) => sliceOf(ofTenant(tenantId, id), snapshots, upTo?.[index]));
      return Promise.all(
        slices.map(async ({ events, ...slice }) => ({
          ...slice,
          events: await decodeStored<Event>(codec, events),
        })),
      );
    },
    async readPage<Event extends DomainEvent>(
      tenantId: TenantId,
      stream: StreamId,
      page: { readonly after: number; readonly limit: number },
    ) {
      checkPage(page);
      const events = ofTenant(tenantId, stream)?.events.slice(page.after, page.after + page.limit);
      return decodeStored<Event>(codec, events ?? []);
    },
    async honoured(tenantId, claim) {
      const known = claims.get(claimId(tenantId, claim));
      if (known && known.requestHash !== claim.requestHash) throw eventStoreErrors.IDEMPOTENCY_KEY_REUSED();
      return known?.result;
    },
    async append(append) {
      const events = await encodeRecorded(codec, recordedEvents(append, clock));
      // Nothing is awaited from here on: what was checked still holds when it is stored.
      check(append);
      const result = append.streams.map((each) => store(append, each, events));
      const { tenantId, claim, receipts = [] } = append;
      if (claim) claims.set(claimId(tenantId, claim), { requestHash: claim.requestHash, result });
      for (const receipt of receipts) received.set(receiptId(receipt), receipt.sequence);
      return { streams: result };
    },
  };
};

/** Everything stored so far is committed, so the log ends with it. */
const memoryEventLog = (all: readonly StoredEvent[], codec: EventCodec): EventLog => ({
  shards: () => ['memory'],
  fence: async () => all.length,
  readAll: async (_, { after, upTo, limit }) => {
    checkPage({ after, limit });
    const events = all.slice(after, Math.min(after + limit, upTo));
    return decodeLogged(
      codec,
      events.map((event, index) => ({ ...event, position: after + index + 1 })),
    );
  },
});

const claimId = (tenantId: TenantId, { scope, key }: Claim): string => JSON.stringify([tenantId, scope, key]);
const receiptId = ({ consumer, stream }: Receipt): string => JSON.stringify([consumer, stream]);

const checkReceipt = (receipt: Receipt, seen: number): void => {
  const fields = { consumer: receipt.consumer, seen, sequence: receipt.sequence };
  if (receipt.sequence <= seen) throw eventStoreErrors.MESSAGE_ALREADY_RECEIVED(fields);
  if (receipt.sequence > seen + 1) throw eventStoreErrors.MESSAGE_EARLY(fields);
};

const sliceOf = (
  stored: Stored | undefined,
  snapshots: number | undefined,
  upTo = Number.MAX_SAFE_INTEGER,
): Omit<StreamSlice<never>, 'events'> & { readonly events: readonly StoredEvent[] } => {
  if (!stored) return { events: [], version: 0 };
  const kept = stored.snapshot;
  const snapshot = kept && kept.schemaVersion === snapshots && kept.version <= upTo ? kept : undefined;
  const events = stored.events.slice(snapshot?.version ?? 0, upTo);
  return { ...(snapshot && { snapshot }), events, version: (snapshot?.version ?? 0) + events.length };
};
