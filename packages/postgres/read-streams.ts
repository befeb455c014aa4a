import type {
  DomainEvent,
  EventMetadata,
  RecordedEvent,
  Snapshot,
  StreamId,
  StreamSlice,
} from '@saas/event-sourcing';
import type { EventId, TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';

type EventRow = {
  readonly stream_id: StreamId;
  readonly version: number;
  readonly event_id: EventId;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
  readonly recorded_at: Date;
};
type SnapshotRow = { readonly stream_id: StreamId; readonly version: number; readonly state: unknown };

/** One slice per stream, in the order asked, by one statement, and one more when snapshots are wanted. */
export const readStreams = async <Event extends DomainEvent>(
  tx: RawTx,
  tenantId: TenantId,
  streams: readonly StreamId[],
  { snapshots, upTo }: { readonly snapshots?: number; readonly upTo?: readonly number[] },
): Promise<readonly StreamSlice<Event>[]> => {
  const limits = streams.map((_, index) => upTo?.[index] ?? 2_147_483_647);
  const kept = snapshots === undefined ? [] : await readSnapshots(tx, tenantId, streams, snapshots, limits);
  const snapshotOf = new Map(kept.map((row) => [row.stream_id, row]));

  const input = streams.map((stream, index) => ({
    stream,
    after: snapshotOf.get(stream)?.version ?? 0,
    up_to: limits[index],
  }));
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT e.stream_id, e.version, e.event_id, e.type, e.data, e.metadata, e.recorded_at
    FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(stream text, after int, up_to int)
    JOIN events e ON e.stream_id = i.stream AND e.tenant_id = ${tenantId}
      AND e.version > i.after AND e.version <= i.up_to
    ORDER BY e.stream_id, e.version`;
  const eventsOf = new Map<StreamId, RecordedEvent<Event>[]>(streams.map((stream) => [stream, []]));
  for (const row of rows) eventsOf.get(row.stream_id)?.push(recordedEvent<Event>(row, tenantId));

  return streams.map((stream) => {
    const row = snapshotOf.get(stream);
    const snapshot: Snapshot | undefined =
      row && snapshots !== undefined
        ? { version: row.version, schemaVersion: snapshots, state: row.state }
        : undefined;
    const events = eventsOf.get(stream) ?? [];
    const version = events.at(-1)?.version ?? snapshot?.version ?? 0;
    return { ...(snapshot && { snapshot }), events, version };
  });
};

const readSnapshots = (
  tx: RawTx,
  tenantId: TenantId,
  streams: readonly StreamId[],
  schemaVersion: number,
  limits: readonly number[],
): PromiseLike<readonly SnapshotRow[]> => {
  const input = streams.map((stream, index) => ({ stream, up_to: limits[index] }));
  return tx.$queryRaw<SnapshotRow[]>`
    SELECT s.stream_id, s.version, s.state
    FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(stream text, up_to int)
    JOIN snapshots s ON s.stream_id = i.stream AND s.tenant_id = ${tenantId}
      AND s.schema_version = ${schemaVersion} AND s.version <= i.up_to`;
};

/** A stored row as the event it is; the one place where stored JSON gets its type back. */
const recordedEvent = <Event extends DomainEvent>(row: EventRow, tenantId: TenantId): RecordedEvent<Event> =>
  ({
    type: row.type,
    data: row.data,
    id: row.event_id,
    stream: row.stream_id,
    version: row.version,
    tenantId,
    metadata: row.metadata,
    recordedAt: row.recorded_at.toISOString(),
  }) as unknown as RecordedEvent<Event>;
