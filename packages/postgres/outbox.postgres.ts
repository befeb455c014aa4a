import type { StreamId } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import type { Backlog, Message, Outbox } from '@saas/messaging';
import type { RawTx } from './database-node.ts';
import type { Connection, Session } from './session.ts';
import type { ShardedDatabase } from './sharded-database.ts';

/** Any constant that no other user of advisory locks in this database takes. */
const LEADER_LOCK = 7_264_001;
const CHANNEL = 'outbox_waiting';
/** More than this is not counted: a backlog of that size is an alarm, whatever it is exactly. */
const COUNTED_MAX = 1_000_000;

const SET_UP = [
  `SELECT set_config('app.scope', 'system', false)`,
  // A leader whose machine is gone makes way for the next within half a minute; a socket in the file system ignores it.
  `SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
     set_config('tcp_keepalives_count', '3', false)`,
  `LISTEN ${CHANNEL}`,
];

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

const WAITING = `
  SELECT id, tenant_id, topic, routing_key, stream_id, sequence, body, headers
  FROM outbox WHERE sent_at IS NULL AND stream_id <> ALL($2::text[]) ORDER BY position LIMIT $1`;
const MARK = 'UPDATE outbox SET sent_at = now() WHERE id = ANY($1::text[]) AND sent_at IS NULL';
const BACKLOG = `
  SELECT (SELECT count(*)::int FROM (SELECT FROM outbox WHERE sent_at IS NULL LIMIT ${COUNTED_MAX}) AS waiting) AS waiting,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)::float8
      FROM outbox WHERE sent_at IS NULL ORDER BY position LIMIT 1), 0) AS age`;

export type PostgresOutbox = Outbox & {
  /**
   * Tells the leader in another process that something was committed; never blocks. Calls while one is on its way become one.
   * It is lost when this process dies meanwhile: the leader looks by itself, too.
   */
  announce(): void;
  /** Steps down, and closes the connection. */
  close(): Promise<void>;
};

/**
 * One shard's outbox, over a connection of its own that holds the lock of the leader: whoever loses the connection loses
 * the lead.
 *
 * Its order is safe without a cursor: whatever is pending is read again, and a stream's messages get their positions one
 * after the other because its row is locked while they are written.
 *
 * @param onNotice called when another process announces something, or when the connection was lost and it is better to look.
 */
export const postgresOutbox = <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  shard: string,
  onNotice: () => void = () => undefined,
): PostgresOutbox => {
  const session = database.session(shard, { setUp: SET_UP, onNotice });
  const leading = new WeakSet<Connection>();
  let isClaiming = false;
  const claim: Outbox['claim'] = async (limit, deliver, except = []) => {
    if (isClaiming) return { pending: 0, sent: 0 };
    isClaiming = true;
    try {
      const connection = await session.connection();
      if (!leading.has(connection)) {
        const [answer] = await connection.query<{ leads: boolean }>(
          `SELECT pg_try_advisory_lock(${LEADER_LOCK}) AS leads`,
        );
        if (!answer?.leads) return { pending: 0, sent: 0 };
        leading.add(connection);
      }
      return await deliverBatch(connection, { limit, deliver, except });
    } finally {
      isClaiming = false;
    }
  };
  return {
    claim,
    announce: announcer(session, leading),
    backlog: async (): Promise<Backlog> => {
      const connection = await session.connection();
      const [row] = await connection.query<{ waiting: number; age: number }>(BACKLOG);
      return {
        waiting: row?.waiting ?? 0,
        oldestSeconds: Math.max(0, row?.age ?? 0),
        isLeader: leading.has(connection),
      };
    },
    close: () => session.close(),
  };
};

type Batch = {
  readonly limit: number;
  readonly deliver: Parameters<Outbox['claim']>[1];
  readonly except: readonly string[];
};

const deliverBatch = async (connection: Connection, { limit, deliver, except }: Batch) => {
  const rows = await connection.query<Row>(WAITING, [limit, except]);
  if (rows.length === 0) return { pending: 0, sent: 0 };
  const confirmed = [...(await deliver(rows.map(messageOf)))];
  if (confirmed.length > 0) await connection.query(MARK, [confirmed]);
  return { pending: rows.length, sent: confirmed.length };
};

/** A NOTIFY of its own, after the commit: inside the writer's transaction it would make all commits wait for each other. */
const announcer = (session: Session, leading: WeakSet<Connection>) => {
  let isSending = false;
  let isWanted = false;
  const send = async (): Promise<void> => {
    while (isWanted) {
      isWanted = false;
      const connection = await session.connection();
      // We are the leader ourselves, and were woken.
      if (leading.has(connection)) continue;
      await connection.query(`NOTIFY ${CHANNEL}`);
    }
  };
  return (): void => {
    isWanted = true;
    if (isSending) return;
    isSending = true;
    send()
      // The leader looks by itself after a while.
      .catch(() => undefined)
      .finally(() => {
        isSending = false;
      });
  };
};

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
