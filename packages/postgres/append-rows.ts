import {
  eventStoreErrors,
  outboxMessages,
  type Append,
  type Claim,
  type StoredEvent,
  type StreamAppend,
  type StreamVersion,
} from '@saas/event-sourcing';
import { bucketOfId, type Clock, type TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';
import { keepReceipts } from './keep-receipts.ts';

/**
 * Writes an append's rows in the transaction at hand: one statement, and one more each for dependencies and receipts.
 *
 * @param stored the events of the append, as they are kept.
 * @throws {AppError} `VERSION_CONFLICT`, `MESSAGE_ALREADY_RECEIVED` or `MESSAGE_EARLY`; the transaction must roll back.
 */
export const appendRows = async (
  tx: RawTx,
  append: Append,
  stored: readonly StoredEvent[],
  clock: Clock,
): Promise<void> => {
  const { tenantId, streams, receipts = [], dependsOn = [] } = append;
  await keepReceipts(tx, tenantId, receipts);
  const moving = streams.filter(({ events }) => events.length > 0);
  const still = streams.filter(({ events }) => events.length === 0);
  await holdStill(tx, tenantId, [...dependsOn, ...still.map(reachedBy)]);
  if (moving.length === 0 && !append.claim) return;

  const [wrote] = await writeRows(tx, append, moving, stored, clock);
  const isClaimKept = append.claim === undefined || wrote?.claims === 1;
  if (wrote?.heads !== moving.length || !isClaimKept) throw eventStoreErrors.VERSION_CONFLICT();
};

const reachedBy = ({ stream, expectedVersion, events }: StreamAppend): StreamVersion => ({
  stream,
  version: expectedVersion + events.length,
});

/** Locks what must not move; a writer of such a stream waits for us, and we for a writer that came first. */
const holdStill = async (
  tx: RawTx,
  tenantId: TenantId,
  expected: readonly StreamVersion[],
): Promise<void> => {
  if (expected.length === 0) return;
  const ids = expected.map(({ stream }) => stream);
  const rows = await tx.$queryRaw<{ stream_id: string; version: number }[]>`
    SELECT stream_id, version FROM streams
    WHERE tenant_id = ${tenantId} AND stream_id = ANY(${ids}::text[])
    ORDER BY stream_id FOR SHARE`;
  const versionOf = new Map(rows.map(({ stream_id, version }) => [stream_id, version]));
  const isMoved = expected.some(({ stream, version }) => (versionOf.get(stream) ?? 0) !== version);
  if (isMoved) throw eventStoreErrors.VERSION_CONFLICT();
};

/**
 * Moves every stream from its expected version and writes what goes with it, in one statement.
 *
 * The row of a stream is locked by its update, so versions and sequences have no gaps; a stream that another tenant
 * owns is neither seen nor created. A rival with the same claim makes us wait, and then lose; a claim of more than a
 * day ago is free again. When fewer heads move or claims are kept than asked for, the caller rolls everything back.
 */
const writeRows = (
  tx: RawTx,
  append: Append,
  moving: readonly StreamAppend[],
  stored: readonly StoredEvent[],
  clock: Clock,
): PromiseLike<readonly { readonly heads: number; readonly claims: number }[]> => {
  const { tenantId } = append;
  const bucket = bucketOfId(tenantId);
  return tx.$queryRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(moving.map(headRow))}::jsonb)
        AS i(stream text, expected int, added int, announced int)
    ), created AS (
      INSERT INTO streams (stream_id, tenant_id, bucket, version, announced)
      SELECT stream, ${tenantId}, ${bucket}::int, added, announced FROM input WHERE expected = 0
      ORDER BY stream
      ON CONFLICT (stream_id) DO NOTHING
      RETURNING stream_id, 0 AS announced
    ), moved AS (
      UPDATE streams s SET version = s.version + i.added, announced = s.announced + i.announced
      FROM input i
      WHERE s.stream_id = i.stream AND s.tenant_id = ${tenantId} AND i.expected > 0 AND s.version = i.expected
      RETURNING s.stream_id, s.announced - i.announced AS announced
    ), heads AS (
      SELECT * FROM created UNION ALL SELECT * FROM moved
    ), kept AS (
      INSERT INTO events
        (stream_id, version, event_id, tenant_id, bucket, type, schema_version, data, metadata, recorded_at)
      SELECT e.stream, e.version, e.id, ${tenantId}, ${bucket}::int, e.type, e."schemaVersion", e.data,
        e.metadata, e."recordedAt"
      FROM jsonb_to_recordset(${JSON.stringify(stored.map(eventRow))}::jsonb) AS e(place int, stream text,
        version int, id text, type text, "schemaVersion" int, data jsonb, metadata jsonb,
        "recordedAt" timestamptz)
      JOIN heads ON heads.stream_id = e.stream
      ORDER BY e.place
    ), announcements AS (
      INSERT INTO outbox (id, tenant_id, topic, routing_key, stream_id, sequence, body, headers)
      SELECT m.id, ${tenantId}, m.topic, m."routingKey", m.stream, heads.announced + m.sequence, m.body, m.headers
      FROM jsonb_to_recordset(${JSON.stringify(moving.flatMap((each) => outboxMessages(append, each, 0, clock)))}::jsonb)
        AS m(id text, topic text, "routingKey" text, stream text, sequence int, body jsonb, headers jsonb)
      JOIN heads ON heads.stream_id = m.stream
      ORDER BY m.stream, m.sequence
    ), snapshot AS (
      INSERT INTO snapshots (stream_id, tenant_id, version, schema_version, state)
      SELECT s.stream, ${tenantId}, s.version, s."schemaVersion", s.state
      FROM jsonb_to_recordset(${JSON.stringify(moving.flatMap(snapshotRow))}::jsonb)
        AS s(stream text, version int, "schemaVersion" int, state jsonb)
      JOIN heads ON heads.stream_id = s.stream
      ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version, schema_version = excluded.schema_version,
        state = excluded.state, created_at = now()
    ), claim AS (
      INSERT INTO claims (tenant_id, scope, key, request_hash, result)
      SELECT ${tenantId}, c.scope, c.key, c."requestHash", c.result
      FROM jsonb_to_recordset(${JSON.stringify(claimRow(append))}::jsonb)
        AS c(scope text, key text, "requestHash" text, result jsonb)
      ON CONFLICT (tenant_id, scope, key) DO UPDATE
        SET request_hash = excluded.request_hash, result = excluded.result, created_at = now()
        WHERE claims.created_at <= now() - interval '24 hours'
      RETURNING 1
    )
    SELECT (SELECT count(*)::int FROM heads) AS heads, (SELECT count(*)::int FROM claim) AS claims`;
};

const headRow = ({ stream, expectedVersion, events, announcements = [] }: StreamAppend) => ({
  stream,
  expected: expectedVersion,
  added: events.length,
  announced: announcements.length,
});

/** `place`: a join may answer in any order, and the log's positions are drawn in the order of insertion. */
const eventRow = (
  { stream, version, id, type, schemaVersion, data, metadata, recordedAt }: StoredEvent,
  place: number,
) => ({ place, stream, version, id, type, schemaVersion, data, metadata, recordedAt });

const snapshotRow = (append: StreamAppend) =>
  append.snapshot ? [{ ...reachedBy(append), ...append.snapshot }] : [];

const claimRow = ({
  claim,
  streams,
}: Append): readonly (Claim & { readonly result: readonly StreamVersion[] })[] =>
  claim ? [{ ...claim, result: streams.map(reachedBy) }] : [];
