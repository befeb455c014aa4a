import type { DueMessage } from '@saas/messaging';
import type { RawTx } from './database-node.ts';

/**
 * Counts a replayed message in the request that asked for it; of one that no request asked for, nothing. After a failure
 * the later ones of its stream are no longer part of the replay: they are held again.
 */
export const noteReplayed = async (
  tx: RawTx,
  { consumer, message }: DueMessage,
  outcome: 'handled' | 'failed',
): Promise<void> => {
  // Locked first: of two that end at the same moment, the later one must see what the other did.
  const [action] = await tx.$queryRaw<{ action_id: string }[]>`
    SELECT action_id FROM dead_letter_actions WHERE action_id = (
      SELECT replay_id FROM parked_messages WHERE consumer = ${consumer} AND message_id = ${message.id}
    ) FOR UPDATE`;
  if (!action) return;
  const replay = action.action_id;
  const isHandled = outcome === 'handled';
  await tx.$executeRaw`
    UPDATE parked_messages SET replay_id = NULL
    WHERE replay_id = ${replay} AND consumer = ${consumer} AND stream_id = ${message.stream}
      AND (message_id = ${message.id} OR NOT ${isHandled}::boolean)`;
  await tx.$executeRaw`
    UPDATE dead_letter_actions a
    SET handled = handled + ${isHandled ? 1 : 0}::int, failed = failed + ${isHandled ? 0 : 1}::int,
      finished_at = CASE WHEN EXISTS (SELECT FROM parked_messages p WHERE p.replay_id = a.action_id) THEN NULL ELSE now() END
    WHERE action_id = ${replay}`;
};
