import type { StreamId } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import type { Message, Outbox } from '@saas/messaging';
import type { RawTx } from './database-node.ts';
import type { ShardedDatabase } from './sharded-database.ts';

// Any constant that no other user of advisory locks in this database takes.
const LEADER_LOCK = 7_264_001;

type Row = {
  readonly id: string;
  readonly tenant_id: TenantId;
  readonly topic: string;
  readonly routing_key: string;
  readonly stream_id: StreamId;
  readonly sequence: number;
  readonly body: unknown;
  readonly headers: Message['headers'];
};

/**
 * One shard's outbox. Its order is safe without a cursor: whatever is pending is read again, and a stream's messages
 * get their positions one after the other because its row is locked while they are written.
 */
export const postgresOutbox = <Tx extends RawTx>(database: ShardedDatabase<Tx>, shard: string): Outbox => ({
  claim: (limit, deliver) =>
    database.asSystem(shard, async (tx) => {
      const [leader] = await tx.$queryRaw<{ leads: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${LEADER_LOCK}) AS leads`;
      if (!leader?.leads) return { pending: 0, sent: 0 };

      const rows = await tx.$queryRaw<Row[]>`
        SELECT id, tenant_id, topic, routing_key, stream_id, sequence, body, headers
        FROM outbox WHERE sent_at IS NULL ORDER BY position LIMIT ${limit}`;
      if (rows.length === 0) return { pending: 0, sent: 0 };
      const confirmed = [...(await deliver(rows.map(messageOf)))];
      await tx.$executeRaw`UPDATE outbox SET sent_at = now() WHERE id = ANY(${confirmed}::text[])`;
      return { pending: rows.length, sent: confirmed.length };
    }),
});

const messageOf = (row: Row): Message => ({
  id: row.id,
  tenantId: row.tenant_id,
  topic: row.topic,
  routingKey: row.routing_key,
  stream: row.stream_id,
  sequence: row.sequence,
  body: row.body,
  headers: row.headers,
});
