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
  readonly kind: 'event';
  readonly stream_id: StreamId;
  readonly version: number;
  readonly event_id: EventId;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
  readonly recorded_at: Date;
};
type SnapshotRow = Pick<EventRow, 'stream_id' | 'version' | 'data'> & { readonly kind: 'snapshot' };

const VERSION_MAX = 2_147_483_647;
/** No snapshot has this schema version. */
const NO_SNAPSHOTS = -1;

/** One slice per stream, in the order asked, by one statement. */
export const readStreams = async <Event extends DomainEvent>(
  tx: RawTx,
  tenantId: TenantId,
  streams: readonly StreamId[],
  { snapshots = NO_SNAPSHOTS, upTo }: { readonly snapshots?: number; readonly upTo?: readonly number[] },
): Promise<readonly StreamSlice<Event>[]> => {
  const input = streams.map((stream, index) => ({ stream, up_to: upTo?.[index] ?? VERSION_MAX }));
  const rows = await tx.$queryRaw<(EventRow | SnapshotRow)[]>`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(stream text, up_to int)
    ), kept AS (
      SELECT s.stream_id, s.version, s.state
      FROM input JOIN snapshots s ON s.stream_id = input.stream AND s.tenant_id = ${tenantId}
        AND s.schema_version = ${snapshots}::int AND s.version <= input.up_to
    )
    SELECT 'snapshot' AS kind, stream_id, version, NULL AS event_id, NULL AS type, state AS data,
      NULL::jsonb AS metadata, NULL::timestamptz AS recorded_at
    FROM kept
    UNION ALL
    SELECT 'event', e.stream_id, e.version, e.event_id, e.type, e.data, e.metadata, e.recorded_at
    FROM input LEFT JOIN kept ON kept.stream_id = input.stream
    JOIN events e ON e.stream_id = input.stream AND e.tenant_id = ${tenantId}
      AND e.version > coalesce(kept.version, 0) AND e.version <= input.up_to
    ORDER BY stream_id, version`;

  const found = new Map<StreamId, Found<Event>>(streams.map((stream) => [stream, { events: [] }]));
  for (const row of rows) {
    const slice = found.get(row.stream_id);
    if (row.kind === 'event') slice?.events.push(recordedEvent<Event>(row, tenantId));
    else if (slice) slice.snapshot = { version: row.version, schemaVersion: snapshots, state: row.data };
  }
  return streams.map((stream) => {
    const { snapshot, events } = found.get(stream) ?? { events: [] };
    const version = events.at(-1)?.version ?? snapshot?.version ?? 0;
    return { ...(snapshot && { snapshot }), events, version };
  });
};

type Found<Event extends DomainEvent> = { snapshot?: Snapshot; readonly events: RecordedEvent<Event>[] };

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
