import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { deadLetterErrors } from './dead-letters.errors.ts';
import { asSystem, refuseBehind } from './dead-letters.ts';

export type Drop = {
  readonly id: string;
  readonly consumer?: string | undefined;
  readonly actor: string;
  readonly reason: string;
  /** Also skip messages before it that never arrived. */
  readonly skipsMissing: boolean;
};

type Row = {
  readonly consumer: string;
  readonly stream: string;
  readonly tenantId: string;
  readonly sequence: number;
};

/**
 * Gives a message up for good: its consumer counts it as received, without its effect, and those held behind it follow.
 *
 * @throws {AppError} `LETTER_UNKNOWN`, `LETTER_AMBIGUOUS`, `LETTER_BEHIND_ANOTHER` or `LETTER_AFTER_GAP`. Nothing changed.
 */
export const dropLetter = (client: ClientBase, drop: Drop): Promise<{ readonly consumer: string }> =>
  asSystem(client, async () => {
    const row = await lockHead(client, drop);
    await countAsReceived(client, row, drop);
    await client.query('DELETE FROM parked_messages WHERE consumer = $1 AND message_id = $2', [
      row.consumer,
      drop.id,
    ]);
    await client.query(
      `INSERT INTO dead_letter_actions (action_id, kind, actor, subject, reason, messages, handled, finished_at)
       VALUES ($1, 'drop', $2, $3, $4, 1, 1, now())`,
      [randomUUID(), drop.actor, `message ${drop.id} of ${row.consumer}`, drop.reason],
    );
    return { consumer: row.consumer };
  });

/** Locked, so that nobody settles it meanwhile. */
const lockHead = async (client: ClientBase, { id, consumer }: Drop): Promise<Row> => {
  const { rows } = await client.query<Row>(
    `SELECT consumer, stream_id AS stream, tenant_id AS "tenantId", sequence FROM parked_messages
     WHERE message_id = $1 AND ($2::text IS NULL OR consumer = $2) FOR UPDATE`,
    [id, consumer ?? null],
  );
  const [row] = rows;
  if (!row) throw deadLetterErrors.LETTER_UNKNOWN({ id });
  if (rows.length > 1) {
    throw deadLetterErrors.LETTER_AMBIGUOUS({ id, consumers: rows.map((each) => each.consumer).join(', ') });
  }
  const { rows: heads } = await client.query<{ consumer: string; stream: string; messageId: string }>(
    `SELECT consumer, stream_id AS stream, message_id AS "messageId" FROM parked_messages
     WHERE consumer = $1 AND stream_id = $2 ORDER BY sequence LIMIT 1`,
    [row.consumer, row.stream],
  );
  if (heads[0]?.messageId !== id) await refuseBehind(client, heads, id, row.consumer);
  return row;
};

/** Waits for a handling under way; one that has had its effect already leaves nothing to note. */
const countAsReceived = async (
  client: ClientBase,
  { consumer, stream, tenantId, sequence }: Row,
  { id, skipsMissing }: Drop,
): Promise<void> => {
  const { rows } = await client.query<{ sequence: number }>(
    'SELECT sequence FROM consumer_positions WHERE consumer = $1 AND stream_id = $2 FOR UPDATE',
    [consumer, stream],
  );
  const seen = rows[0]?.sequence ?? 0;
  const missing = sequence - seen - 1;
  if (missing > 0 && !skipsMissing) throw deadLetterErrors.LETTER_AFTER_GAP({ id, missing });
  if (missing < 0) return;
  await client.query(
    `INSERT INTO consumer_positions (consumer, stream_id, tenant_id, sequence) VALUES ($1, $2, $3, $4)
     ON CONFLICT (consumer, stream_id) DO UPDATE SET sequence = greatest(consumer_positions.sequence, excluded.sequence)`,
    [consumer, stream, tenantId, sequence],
  );
  await client.query(
    `INSERT INTO inbox (consumer, message_id, tenant_id, stream_id, sequence) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [consumer, id, tenantId, stream, sequence],
  );
};
