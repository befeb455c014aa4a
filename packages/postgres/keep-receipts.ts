import { eventStoreErrors, type Receipt } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';

/**
 * Notes that messages were consumed: each stream's once and in order. A rival with the same message makes us wait, and
 * then lose.
 *
 * @throws {AppError} `MESSAGE_ALREADY_RECEIVED` or `MESSAGE_EARLY`; the transaction must roll back.
 */
export const keepReceipts = async (
  tx: RawTx,
  tenantId: TenantId,
  receipts: readonly Receipt[],
): Promise<void> => {
  if (receipts.length === 0) return;
  const input = JSON.stringify(receipts);
  const kept = await tx.$queryRaw<unknown[]>`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${input}::jsonb)
        AS r(consumer text, "messageId" text, stream text, sequence int)
    ), runs AS (
      SELECT consumer, stream, min(sequence) AS first, max(sequence) AS last FROM input GROUP BY consumer, stream
      HAVING count(DISTINCT sequence) = max(sequence) - min(sequence) + 1
    ), moved AS (
      INSERT INTO consumer_positions (consumer, stream_id, tenant_id, sequence)
      SELECT consumer, stream, ${tenantId}, last FROM runs r
      WHERE first = 1 OR EXISTS
        (SELECT FROM consumer_positions p WHERE p.consumer = r.consumer AND p.stream_id = r.stream)
      ORDER BY consumer, stream
      ON CONFLICT (consumer, stream_id) DO UPDATE SET sequence = excluded.sequence
        WHERE consumer_positions.sequence = (SELECT r.first - 1 FROM runs r
          WHERE r.consumer = excluded.consumer AND r.stream = excluded.stream_id)
      RETURNING consumer, stream_id
    )
    INSERT INTO inbox (consumer, message_id, tenant_id, stream_id, sequence)
    SELECT i.consumer, i."messageId", ${tenantId}, i.stream, i.sequence
    FROM moved JOIN input i ON i.consumer = moved.consumer AND i.stream = moved.stream_id
    ON CONFLICT (consumer, message_id) DO NOTHING
    RETURNING 1`;
  if (kept.length !== receipts.length) throw await refusalOf(tx, receipts);
};

/** Says of the first message that is out of order what is wrong with it. Those that moved just now are in order. */
const refusalOf = async (tx: RawTx, receipts: readonly Receipt[]) => {
  const rows = await tx.$queryRaw<{ consumer: string; stream_id: string; sequence: number }[]>`
    SELECT p.consumer, p.stream_id, p.sequence
    FROM jsonb_to_recordset(${JSON.stringify(receipts)}::jsonb) AS r(consumer text, stream text)
    JOIN consumer_positions p ON p.consumer = r.consumer AND p.stream_id = r.stream`;
  const seenOf = ({ consumer, stream }: Receipt) =>
    rows.find((row) => row.consumer === consumer && row.stream_id === stream)?.sequence ?? 0;
  for (const receipt of receipts) {
    const { consumer, sequence } = receipt;
    const seen = seenOf(receipt);
    if (seen + 1 < sequence) return eventStoreErrors.MESSAGE_EARLY({ consumer, seen, sequence });
  }
  return eventStoreErrors.MESSAGE_ALREADY_RECEIVED({ consumer: receipts[0]?.consumer ?? '' });
};
