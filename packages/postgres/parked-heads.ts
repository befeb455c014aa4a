import type { ParkedState } from '@saas/messaging';
import type { RawTx } from './database-node.ts';

/** The first parked message of a consumer's stream. */
export type Head = {
  readonly consumer: string;
  readonly message_id: string;
  readonly state: ParkedState;
  readonly replay_id: string | null;
  /** Milliseconds until it is due; not above 0: it is. */
  readonly wait_ms: number;
};

/**
 * The head of every stream that has something parked, longest due first. Hops from stream to stream along the index, so
 * that the cost is the number of streams and not of messages.
 */
export const findHeads = (tx: RawTx): PromiseLike<readonly Head[]> => tx.$queryRaw`
  WITH RECURSIVE streams AS (
    (SELECT consumer, stream_id FROM parked_messages ORDER BY consumer, stream_id LIMIT 1)
    UNION ALL
    SELECT n.consumer, n.stream_id FROM streams s CROSS JOIN LATERAL (
      SELECT p.consumer, p.stream_id FROM parked_messages p
      WHERE (p.consumer, p.stream_id) > (s.consumer, s.stream_id)
      ORDER BY p.consumer, p.stream_id LIMIT 1
    ) n
  )
  SELECT h.consumer, h.message_id, h.state, h.replay_id,
    (extract(epoch FROM greatest(h.due_at, a.next_at) - now()) * 1000)::float8 AS wait_ms
  FROM streams s CROSS JOIN LATERAL (
    SELECT p.* FROM parked_messages p WHERE p.consumer = s.consumer AND p.stream_id = s.stream_id
    ORDER BY p.sequence LIMIT 1
  ) h
  LEFT JOIN dead_letter_actions a ON a.action_id = h.replay_id
  ORDER BY wait_ms`;

/** Those that may go now: of each replay one, if its rate allows, which then has to wait before the next. */
export const ticketsOf = async (tx: RawTx, due: readonly Head[]): Promise<readonly Head[]> => {
  const replays = [...new Set(due.flatMap(({ replay_id }) => replay_id ?? []))];
  if (replays.length === 0) return due;
  const rows = await tx.$queryRaw<{ action_id: string }[]>`
    UPDATE dead_letter_actions SET next_at = now() + interval '1 second' / per_second
    WHERE action_id = ANY(${replays}::text[]) AND next_at <= now()
    RETURNING action_id`;
  const tickets = new Set<string | null>(rows.map(({ action_id }) => action_id));
  return due.filter(({ replay_id }) => replay_id === null || tickets.delete(replay_id));
};
