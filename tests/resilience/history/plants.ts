import {
  startOutboxRelay,
  type Message,
  type MessageBus,
  type Outbox,
  type Subscription,
} from '@saas/messaging';
import type { RawTx, ShardedDatabase } from '@saas/postgres';

/** Bugs that a process can be started with, each of which has been made by somebody before. */
export const plantNames = [
  'marked as sent before it is confirmed',
  'a cursor over the sequence',
  'acknowledged before it is handled',
  'no receipts',
] as const;
export type Plant = (typeof plantNames)[number];

/** How long the hasty bus gathers, milliseconds: whoever is killed meanwhile has promised too much. */
const GATHERS_MS = 1_000;

/** A bus that calls everything confirmed at once, and sends it a little later. */
export const hastyBus = (bus: MessageBus): MessageBus => ({
  ...bus,
  publish: async (messages) => {
    setTimeout(() => void bus.publish(messages).catch(() => undefined), GATHERS_MS);
    return new Set(messages.map(({ id }) => id));
  },
});

/** A subscription that has everything acknowledged before it is handled, and does not hear of failures. */
export const hastySubscription = (subscription: Subscription): Subscription => ({
  queue: subscription.queue,
  bindings: subscription.bindings,
  handle: async (message) => void subscription.handle(message).catch(() => undefined),
});

/** A relay that goes by the position alone: whoever commits behind it, having begun earlier, is never sent. */
export const startCursorRelay = <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  shard: string,
  bus: MessageBus,
): void => {
  let cursor = 0n;
  const outbox: Outbox = {
    backlog: async () => ({ waiting: 0, oldestSeconds: 0, isLeader: true }),
    claim: (limit, deliver) =>
      database.asSystem(shard, async (tx) => {
        const rows = await tx.$queryRaw<PendingRow[]>`
          SELECT position, id, tenant_id, topic, routing_key, stream_id, sequence, body, headers
          FROM outbox WHERE position > ${cursor} ORDER BY position LIMIT ${limit}`;
        if (rows.length === 0) return { pending: 0, sent: 0 };
        const confirmed = await deliver(rows.map(messageOf));
        cursor = rows.at(-1)?.position ?? cursor;
        await tx.$executeRaw`UPDATE outbox SET sent_at = now() WHERE sent_at IS NULL AND position <= ${cursor}`;
        return { pending: rows.length, sent: confirmed.size };
      }),
  };
  startOutboxRelay({ outbox, bus, idleMs: 5, onError: () => undefined });
};

type PendingRow = Readonly<Record<'id' | 'topic' | 'routing_key', string>> & {
  readonly position: bigint;
  readonly tenant_id: Message['tenantId'];
  readonly stream_id: Message['stream'];
  readonly sequence: number;
  readonly body: unknown;
  readonly headers: Message['headers'];
};

const messageOf = (row: PendingRow): Message => ({
  id: row.id,
  tenantId: row.tenant_id,
  topic: row.topic,
  routingKey: row.routing_key,
  stream: row.stream_id,
  sequence: row.sequence,
  body: row.body,
  headers: row.headers,
});
