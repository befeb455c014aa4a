import type {
  Append,
  Appended,
  Claim,
  ConsistencyToken,
  DomainEvent,
  EventCodec,
  EventStore,
  RecordedEvent,
  StreamId,
  StreamSlice,
  StreamVersion,
} from '@saas/event-sourcing';
import {
  checkPage,
  decodeStored,
  encodeRecorded,
  eventStoreErrors,
  recordedEvents,
} from '@saas/event-sourcing';
import { systemClock, type Clock, type TenantId } from '@saas/kernel';
import { appendRows } from './append-rows.ts';
import type { RawTx } from './database-node.ts';
import { failureOf } from './prisma-failures.ts';
import { readStreamPage, readStreams, type ReadStreams } from './read-streams.ts';
import type { ShardedDatabase } from './sharded-database.ts';

/** Read-model rows kept with the events they come from, in the same transaction. */
export type InlineProjection<Tx> = {
  readonly name: string;
  /** Gets the events just appended, of one or more streams of one tenant, each stream's in order. */
  readonly apply: (events: readonly RecordedEvent[], tx: Tx) => Promise<void>;
};

type Options<Tx extends RawTx> = {
  readonly database: ShardedDatabase<Tx>;
  readonly projections: readonly InlineProjection<Tx>[];
  readonly codec: EventCodec;
  readonly clock?: Clock;
  /** Called after each commit that announced something; must not block. */
  readonly onAnnounced?: (tenantId: TenantId) => void;
};

/** The event store of one service, each tenant on its own shard. Decisions read the primary: a replica may lag. */
export const postgresEventStore = <Tx extends RawTx>(options: Options<Tx>): EventStore => ({
  read: <Event extends DomainEvent>(
    tenantId: TenantId,
    streams: readonly StreamId[],
    how: ReadStreams = {},
  ) => readDecoded<Event, Tx>(options, tenantId, streams, how),

  readPage: async <Event extends DomainEvent>(
    tenantId: TenantId,
    stream: StreamId,
    page: { readonly after: number; readonly limit: number },
  ) => {
    checkPage(page);
    const { database, codec } = options;
    const stored = await database.readPrimary({ tenantId }, (tx) =>
      readStreamPage(tx, tenantId, stream, page),
    );
    return decodeStored<Event>(codec, stored);
  },

  honoured: (tenantId, claim) =>
    options.database.readPrimary({ tenantId }, (tx) => honouredRow(tx, tenantId, claim)),

  append: (append) => appendInOneTransaction(options, append),
});

const readDecoded = async <Event extends DomainEvent, Tx extends RawTx>(
  { database, codec }: Options<Tx>,
  tenantId: TenantId,
  streams: readonly StreamId[],
  how: ReadStreams,
): Promise<readonly StreamSlice<Event>[]> => {
  if (streams.length === 0) return [];
  const slices = await database.readPrimary({ tenantId, patience: { endsAtMs: how.endsAtMs } }, (tx) =>
    readStreams(tx, tenantId, streams, how),
  );
  // The codec is asked once, and outside the transaction: it may have to wait for something.
  const events = await decodeStored<Event>(
    codec,
    slices.flatMap((slice) => slice.events),
  );
  let start = 0;
  return slices.map((slice) => {
    const end = start + slice.events.length;
    const mine = events.slice(start, end);
    start = end;
    return { ...slice, events: mine };
  });
};

const appendInOneTransaction = async <Tx extends RawTx>(
  { database, projections, codec, clock = systemClock, onAnnounced }: Options<Tx>,
  append: Append,
): Promise<Appended> => {
  const { tenantId } = append;
  const recorded = recordedEvents(append, clock);
  const stored = await encodeRecorded(codec, recorded);
  let token: ConsistencyToken;
  try {
    const store = async (tx: Tx): Promise<void> => {
      await appendRows(tx, append, stored, clock);
      if (recorded.length === 0) return;
      for (const projection of projections) await projection.apply(recorded, tx);
    };
    token = await database.append(tenantId, store, append);
  } catch (error) {
    // A deadlock or a serialization failure is a lost race like any other.
    if (failureOf(error) === 'conflict') throw eventStoreErrors.VERSION_CONFLICT({}, error);
    throw error;
  }
  if (append.streams.some(({ announcements }) => announcements && announcements.length > 0))
    onAnnounced?.(tenantId);

  const streams = append.streams.map(({ stream, expectedVersion, events }) => ({
    stream,
    version: expectedVersion + events.length,
  }));
  // What a consumer stores is awaited by nobody, so nobody needs a token for it.
  return append.receipts ? { streams } : { streams, token };
};

const honouredRow = async (
  tx: RawTx,
  tenantId: TenantId,
  { scope, key, requestHash }: Claim,
): Promise<readonly StreamVersion[] | undefined> => {
  const [known] = await tx.$queryRaw<{ request_hash: string; result: readonly StreamVersion[] }[]>`
    SELECT request_hash, result FROM claims
    WHERE tenant_id = ${tenantId} AND scope = ${scope} AND key = ${key} AND created_at > now() - interval '24 hours'`;
  if (known && known.request_hash !== requestHash) throw eventStoreErrors.IDEMPOTENCY_KEY_REUSED();
  return known?.result;
};
