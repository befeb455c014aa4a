import {
  eventStoreErrors,
  outboxMessages,
  type Append,
  type RecordedEvent,
  type Receipt,
  type StreamAppend,
  type StreamVersion,
} from '@saas/event-sourcing';
import { bucketOfId, newId, type Clock, type TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';

const SCHEMA_VERSION = 1;

/**
 * Writes an append's rows in the transaction at hand: two statements, and one more for each of dependencies, claim
 * and receipt that it names.
 *
 * @throws {AppError} `VERSION_CONFLICT`, `MESSAGE_ALREADY_RECEIVED` or `MESSAGE_EARLY`; the transaction must roll back.
 */
export const appendRows = async (
  tx: RawTx,
  append: Append,
  clock: Clock,
): Promise<readonly RecordedEvent[]> => {
  const { tenantId, streams, claim, receipt } = append;
  if (receipt) await keepReceipt(tx, tenantId, receipt);
  const moving = streams.filter(({ events }) => events.length > 0);
  const still = streams.filter(({ events }) => events.length === 0);
  await holdStill(tx, tenantId, [
    ...(append.dependsOn ?? []),
    ...still.map(({ stream, expectedVersion }) => ({ stream, version: expectedVersion })),
  ]);
  const recorded = moving.length > 0 ? await moveStreams(tx, append, moving, clock) : [];
  if (claim) await keepClaim(tx, append);
  return recorded;
};

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
 * Moves every stream from its expected version, or reports the conflict. The row of a stream is locked by its update,
 * so versions and sequences have no gaps. A stream that another tenant owns is neither seen nor created.
 */
const moveHeads = async (
  tx: RawTx,
  tenantId: TenantId,
  streams: readonly StreamAppend[],
): Promise<ReadonlyMap<string, number>> => {
  const input = streams.map(({ stream, expectedVersion, events, announcements = [] }) => ({
    stream,
    expected: expectedVersion,
    added: events.length,
    announced: announcements.length,
  }));
  const heads = await tx.$queryRaw<{ stream_id: string; announced: number }[]>`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
        AS i(stream text, expected int, added int, announced int)
    ), created AS (
      INSERT INTO streams (stream_id, tenant_id, bucket, version, announced)
      SELECT stream, ${tenantId}, ${bucketOfId(tenantId)}::int, added, announced FROM input WHERE expected = 0
      ORDER BY stream
      ON CONFLICT (stream_id) DO NOTHING
      RETURNING stream_id, 0 AS announced
    ), moved AS (
      UPDATE streams s SET version = s.version + i.added, announced = s.announced + i.announced
      FROM input i
      WHERE s.stream_id = i.stream AND s.tenant_id = ${tenantId} AND i.expected > 0 AND s.version = i.expected
      RETURNING s.stream_id, s.announced - i.announced AS announced
    )
    SELECT * FROM created UNION ALL SELECT * FROM moved`;
  if (heads.length !== streams.length) throw eventStoreErrors.VERSION_CONFLICT();
  return new Map(heads.map(({ stream_id, announced }) => [stream_id, announced]));
};

const moveStreams = async (
  tx: RawTx,
  append: Append,
  streams: readonly StreamAppend[],
  clock: Clock,
): Promise<readonly RecordedEvent[]> => {
  const { tenantId, metadata } = append;
  const announcedBefore = await moveHeads(tx, tenantId, streams);
  const bucket = bucketOfId(tenantId);
  const recordedAt = clock.now().toISOString();
  const recorded = streams.flatMap(({ stream, expectedVersion, events }) =>
    events.map((event, index) => ({
      ...event,
      id: newId('evt', bucket, clock),
      stream,
      version: expectedVersion + index + 1,
      tenantId,
      metadata,
      recordedAt,
    })),
  );
  const messages = streams.flatMap((each) =>
    outboxMessages(append, each, announcedBefore.get(each.stream) ?? 0, clock),
  );
  const snapshots = streams.flatMap(({ stream, expectedVersion, events, snapshot }) =>
    snapshot ? [{ stream, version: expectedVersion + events.length, ...snapshot }] : [],
  );
  await tx.$executeRaw`
    WITH kept AS (
      INSERT INTO events
        (stream_id, version, event_id, tenant_id, bucket, type, schema_version, data, metadata, recorded_at)
      SELECT e.stream, e.version, e.id, ${tenantId}, ${bucket}::int, e.type, ${SCHEMA_VERSION}::int, e.data,
        ${JSON.stringify(metadata)}::jsonb, ${recordedAt}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(recorded)}::jsonb)
        AS e(stream text, version int, id text, type text, data jsonb)
    ), announced AS (
      INSERT INTO outbox (id, tenant_id, topic, routing_key, stream_id, sequence, body, headers)
      SELECT m.id, ${tenantId}, m.topic, m."routingKey", m.stream, m.sequence, m.body, m.headers
      FROM jsonb_to_recordset(${JSON.stringify(messages)}::jsonb)
        AS m(id text, topic text, "routingKey" text, stream text, sequence int, body jsonb, headers jsonb)
      ORDER BY m.stream, m.sequence
    )
    INSERT INTO snapshots (stream_id, tenant_id, version, schema_version, state)
    SELECT s.stream, ${tenantId}, s.version, s."schemaVersion", s.state
    FROM jsonb_to_recordset(${JSON.stringify(snapshots)}::jsonb)
      AS s(stream text, version int, "schemaVersion" int, state jsonb)
    ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version, schema_version = excluded.schema_version,
      state = excluded.state, created_at = now()`;
  return recorded;
};

/** A rival with the same claim makes us wait, and then lose; a claim of more than a day ago is free again. */
const keepClaim = async (tx: RawTx, { tenantId, claim, streams }: Append): Promise<void> => {
  if (!claim) return;
  const result: readonly StreamVersion[] = streams.map(({ stream, expectedVersion, events }) => ({
    stream,
    version: expectedVersion + events.length,
  }));
  const kept = await tx.$queryRaw<unknown[]>`
    INSERT INTO claims (tenant_id, scope, key, request_hash, result)
    VALUES (${tenantId}, ${claim.scope}, ${claim.key}, ${claim.requestHash}, ${JSON.stringify(result)}::jsonb)
    ON CONFLICT (tenant_id, scope, key) DO UPDATE
      SET request_hash = excluded.request_hash, result = excluded.result, created_at = now()
      WHERE claims.created_at <= now() - interval '24 hours'
    RETURNING 1`;
  if (kept.length === 0) throw eventStoreErrors.VERSION_CONFLICT();
};

/** Takes a stream's messages once and in order; a rival with the same message makes us wait, and then lose. */
const keepReceipt = async (
  tx: RawTx,
  tenantId: TenantId,
  { consumer, messageId, stream, sequence }: Receipt,
): Promise<void> => {
  const kept = await tx.$queryRaw<unknown[]>`
    WITH moved AS (
      INSERT INTO consumer_positions (consumer, stream_id, tenant_id, sequence)
      SELECT ${consumer}, ${stream}, ${tenantId}, ${sequence}::int
      WHERE ${sequence}::int = 1 OR EXISTS
        (SELECT FROM consumer_positions WHERE consumer = ${consumer} AND stream_id = ${stream})
      ON CONFLICT (consumer, stream_id) DO UPDATE SET sequence = excluded.sequence
        WHERE consumer_positions.sequence = excluded.sequence - 1
      RETURNING stream_id
    )
    INSERT INTO inbox (consumer, message_id, tenant_id, stream_id, sequence)
    SELECT ${consumer}, ${messageId}, ${tenantId}, stream_id, ${sequence}::int FROM moved
    ON CONFLICT (consumer, message_id) DO NOTHING
    RETURNING 1`;
  if (kept.length > 0) return;
  const [position] = await tx.$queryRaw<{ sequence: number }[]>`
    SELECT sequence FROM consumer_positions WHERE consumer = ${consumer} AND stream_id = ${stream}`;
  const seen = position?.sequence ?? 0;
  const fields = { consumer, seen, sequence };
  throw seen + 1 < sequence
    ? eventStoreErrors.MESSAGE_EARLY(fields)
    : eventStoreErrors.MESSAGE_ALREADY_RECEIVED(fields);
};
