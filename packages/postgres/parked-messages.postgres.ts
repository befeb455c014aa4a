import type { StreamId } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import type { Claimed, DueMessage, Message, ParkedMessages, ParkedState, Parking } from '@saas/messaging';
import type { RawTx } from './database-node.ts';
import { findHeads, ticketsOf, type Head } from './parked-heads.ts';
import { endReplayOfStream, noteReplayed, replayOf, type ReplayInHand } from './replay-progress.ts';
import type { ShardedDatabase } from './sharded-database.ts';

type Options = {
  /** How many messages of a stream may be parked for a consumer. */
  readonly perStreamMax: number;
};

/** Parked messages in the table `parked_messages`, each on the shard of its tenant. */
export const postgresParkedMessages = <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  { perStreamMax }: Options,
): ParkedMessages => ({
  shards: () => database.shardNames(),

  park: async (parking) => {
    const isKept = await database.write(parking.message.tenantId, (tx) => keep(tx, parking, perStreamMax));
    return isKept ? 'parked' : 'full';
  },

  claim: (shard, consumers, limit, leaseMs) =>
    database.asSystem(shard, (tx) => claimHeads(tx, consumers, limit, leaseMs)),

  settle: (shard, due, settlement, leaseMs) =>
    database.asSystem(shard, async (tx) => {
      if (settlement.status === 'postponed') {
        await postpone(tx, due, settlement.waitMs);
        return undefined;
      }
      const replay = await replayOf(tx, due);
      if (settlement.status === 'failed') {
        await keepFailure(tx, due, settlement.parking);
        if (replay) await endReplayOfStream(tx, replay, due);
        if (replay) await noteReplayed(tx, replay, 'failed');
        return undefined;
      }
      const next = await removeAndClaimNext(tx, due, replay, leaseMs);
      if (replay) await noteReplayed(tx, replay, 'handled');
      return next;
    }),
});

/** @returns false when its stream has no room. Sequences have no gaps, so the distance from the head is the count. */
const keep = async (
  tx: RawTx,
  { consumer, message, state, attempts, failure, waitMs }: Parking,
  perStreamMax: number,
): Promise<boolean> => {
  const { id, tenantId, stream, sequence, topic, routingKey } = message;
  const [row] = await tx.$queryRaw<{ fits: boolean }[]>`
    WITH head AS (
      SELECT coalesce(min(sequence), ${sequence}::int) AS sequence
      FROM parked_messages WHERE consumer = ${consumer} AND stream_id = ${stream}
    ), kept AS (
      INSERT INTO parked_messages (consumer, message_id, tenant_id, stream_id, sequence, topic, routing_key, headers,
        body, state, attempts, error_code, error_text, failed_at, due_at)
      SELECT ${consumer}, ${id}, ${tenantId}, ${stream}, ${sequence}::int, ${topic}, ${routingKey},
        ${JSON.stringify(message.headers)}::jsonb, ${JSON.stringify(message.body ?? null)}::jsonb, ${state},
        ${attempts}::int, ${failure.code}, ${failure.text}, now(), now() + ${waitMs}::float8 * interval '1 millisecond'
      FROM head WHERE ${sequence}::int < head.sequence + ${perStreamMax}::int
      ON CONFLICT (consumer, message_id) DO NOTHING
    )
    SELECT ${sequence}::int < head.sequence + ${perStreamMax}::int AS fits FROM head`;
  return row?.fits === true;
};

const claimHeads = async (
  tx: RawTx,
  consumers: readonly string[],
  limit: number,
  leaseMs: number,
): Promise<Claimed> => {
  const heads = await findHeads(tx);
  if (heads.length === 0) return { due: [], counts: { retrying: 0, held: 0, dead: 0, replaying: 0 } };
  const mine = heads.filter(({ consumer, state }) => state !== 'dead' && consumers.includes(consumer));
  const ready = await ticketsOf(
    tx,
    mine.filter(({ wait_ms }) => wait_ms <= 0),
  );
  const due = await lease(tx, ready.slice(0, limit), leaseMs);
  if (due.length > 0) return { due };
  const nextMs = mine.length > 0 ? Math.max(1, Math.min(...mine.map(({ wait_ms }) => wait_ms))) : undefined;
  return { due, nextMs, counts: await countByState(tx) };
};

/** Takes those that nobody else has taken since they were found. */
const lease = async (tx: RawTx, heads: readonly Head[], leaseMs: number): Promise<readonly DueMessage[]> => {
  if (heads.length === 0) return [];
  const input = JSON.stringify(heads.map(({ consumer, message_id }) => ({ consumer, message_id })));
  const rows = await tx.$queryRaw<Row[]>`
    UPDATE parked_messages p SET due_at = now() + ${leaseMs}::float8 * interval '1 millisecond'
    FROM jsonb_to_recordset(${input}::jsonb) AS i(consumer text, message_id text)
    WHERE p.consumer = i.consumer AND p.message_id = i.message_id AND p.due_at <= now() AND p.state <> 'dead'
    RETURNING p.*`;
  return rows.map(dueMessage);
};

const countByState = async (tx: RawTx): Promise<Claimed['counts'] & object> => {
  const rows = await tx.$queryRaw<{ state: ParkedState; count: number }[]>`
    SELECT state, count(*)::int AS count FROM parked_messages GROUP BY state`;
  const counts = { retrying: 0, held: 0, dead: 0, replaying: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
};

const postpone = async (tx: RawTx, { consumer, message }: DueMessage, waitMs: number): Promise<void> => {
  await tx.$executeRaw`
    UPDATE parked_messages SET due_at = now() + ${waitMs}::float8 * interval '1 millisecond'
    WHERE consumer = ${consumer} AND message_id = ${message.id}`;
};

const keepFailure = async (
  tx: RawTx,
  { consumer, message }: DueMessage,
  { state, attempts, failure, waitMs }: Pick<Parking, 'state' | 'attempts' | 'failure' | 'waitMs'>,
): Promise<void> => {
  await tx.$executeRaw`
    UPDATE parked_messages SET state = ${state}, attempts = ${attempts}::int, error_code = ${failure.code},
      error_text = ${failure.text}, failed_at = now(), due_at = now() + ${waitMs}::float8 * interval '1 millisecond'
    WHERE consumer = ${consumer} AND message_id = ${message.id}`;
};

const removeAndClaimNext = async (
  tx: RawTx,
  { consumer, message }: DueMessage,
  replay: ReplayInHand | undefined,
  leaseMs: number,
): Promise<DueMessage | undefined> => {
  const goesOn = replay?.mayGoOn === true ? replay.id : null;
  const [row] = await tx.$queryRaw<Row[]>`
    WITH gone AS (
      DELETE FROM parked_messages WHERE consumer = ${consumer} AND message_id = ${message.id}
    ), next AS (
      SELECT message_id FROM parked_messages
      WHERE consumer = ${consumer} AND stream_id = ${message.stream} AND message_id <> ${message.id}
      ORDER BY sequence LIMIT 1
    )
    UPDATE parked_messages p SET due_at = now() + ${leaseMs}::float8 * interval '1 millisecond'
    FROM next
    WHERE p.consumer = ${consumer} AND p.message_id = next.message_id AND p.state = 'held'
      AND (p.replay_id IS NULL OR p.replay_id = ${goesOn}::text)
    RETURNING p.*`;
  return row && dueMessage(row);
};

type Row = {
  readonly consumer: string;
  readonly message_id: string;
  readonly tenant_id: TenantId;
  readonly stream_id: StreamId;
  readonly sequence: number;
  readonly topic: string;
  readonly routing_key: string;
  readonly headers: Message['headers'];
  readonly body: unknown;
  readonly state: ParkedState;
  readonly attempts: number;
  readonly replay_id: string | null;
};

const dueMessage = (row: Row): DueMessage => ({
  consumer: row.consumer,
  state: row.state,
  attempts: row.attempts,
  ...(row.replay_id !== null && { replayId: row.replay_id }),
  message: {
    id: row.message_id,
    tenantId: row.tenant_id,
    stream: row.stream_id,
    sequence: row.sequence,
    topic: row.topic,
    routingKey: row.routing_key,
    headers: row.headers,
    body: row.body,
  },
});
