import type { EventMetadata, Snapshot, StoredEvent, StreamId, StreamSlice } from '@saas/event-sourcing';
import type { EventId, TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';

/** A row of `events`, without its tenant. */
export type EventRow = {
  readonly stream_id: StreamId;
  readonly version: number;
  readonly event_id: EventId;
  readonly type: string;
  readonly schema_version: number;
  readonly data: unknown;
  readonly metadata: EventMetadata;
  readonly recorded_at: Date;
};
type FoundRow =
  | (EventRow & { readonly kind: 'event' })
  | (Pick<EventRow, 'stream_id' | 'version' | 'data'> & { readonly kind: 'snapshot' });

const VERSION_MAX = 2_147_483_647;
/** No snapshot has this schema version. */
const NO_SNAPSHOTS = -1;

/** As the port's `read` takes them. */
export type ReadStreams = {
  readonly snapshots?: number;
  readonly upTo?: readonly number[];
  readonly endsAtMs?: number | undefined;
};

/** A slice whose events are still in the form that is kept. */
export type StoredSlice = Omit<StreamSlice<never>, 'events'> & { readonly events: readonly StoredEvent[] };

/** One slice per stream, in the order asked, by one statement. */
export const readStreams = async (
  tx: RawTx,
  tenantId: TenantId,
  streams: readonly StreamId[],
  { snapshots = NO_SNAPSHOTS, upTo }: ReadStreams,
): Promise<readonly StoredSlice[]> => {
  const input = streams.map((stream, index) => ({ stream, up_to: upTo?.[index] ?? VERSION_MAX }));
  const rows = await tx.$queryRaw<FoundRow[]>`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(stream text, up_to int)
    ), kept AS (
      SELECT s.stream_id, s.version, s.state
      FROM input JOIN snapshots s ON s.stream_id = input.stream AND s.tenant_id = ${tenantId}
        AND s.schema_version = ${snapshots}::int AND s.version <= input.up_to
    )
    SELECT 'snapshot' AS kind, stream_id, version, NULL AS event_id, NULL AS type,
      NULL::int AS schema_version, state AS data, NULL::jsonb AS metadata, NULL::timestamptz AS recorded_at
    FROM kept
    UNION ALL
    SELECT 'event', e.stream_id, e.version, e.event_id, e.type, e.schema_version, e.data,
      e.metadata, e.recorded_at
    FROM input LEFT JOIN kept ON kept.stream_id = input.stream
    JOIN events e ON e.stream_id = input.stream AND e.tenant_id = ${tenantId}
      AND e.version > coalesce(kept.version, 0) AND e.version <= input.up_to
    ORDER BY stream_id, version`;

  const found = new Map<StreamId, Found>(streams.map((stream) => [stream, { events: [] }]));
  for (const row of rows) {
    const slice = found.get(row.stream_id);
    if (row.kind === 'event') slice?.events.push(storedEvent(row, tenantId));
    else if (slice) slice.snapshot = { version: row.version, schemaVersion: snapshots, state: row.data };
  }
  return streams.map((stream) => {
    const { snapshot, events } = found.get(stream) ?? { events: [] };
    const version = events.at(-1)?.version ?? snapshot?.version ?? 0;
    return { ...(snapshot && { snapshot }), events, version };
  });
};

/** One page of one stream. */
export const readStreamPage = async (
  tx: RawTx,
  tenantId: TenantId,
  stream: StreamId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly StoredEvent[]> => {
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT stream_id, version, event_id, type, schema_version, data, metadata, recorded_at
    FROM events WHERE tenant_id = ${tenantId} AND stream_id = ${stream} AND version > ${after}::bigint
    ORDER BY version LIMIT ${limit}`;
  return rows.map((row) => storedEvent(row, tenantId));
};

type Found = { snapshot?: Snapshot; readonly events: StoredEvent[] };

/** A row of `events` as the codec takes it. */
export const storedEvent = (row: EventRow, tenantId: TenantId): StoredEvent => ({
  tenantId,
  stream: row.stream_id,
  type: row.type,
  schemaVersion: row.schema_version,
  data: row.data,
  id: row.event_id,
  version: row.version,
  metadata: row.metadata,
  recordedAt: row.recorded_at.toISOString(),
});
