import type { DueMessage } from '@saas/messaging';
import type { RawTx } from './database-node.ts';

/** The request by which a message is replayed, and whether its rate lets another one go now. */
export type ReplayInHand = { readonly id: string; readonly mayGoOn: boolean };

/**
 * The request whose replay the message is part of; undefined for one that no request asked for. Locked: of two messages
 * that end at the same moment, the later one must see what the other did.
 */
export const replayOf = async (tx: RawTx, { replayId }: DueMessage): Promise<ReplayInHand | undefined> => {
  if (replayId === undefined) return undefined;
  const [row] = await tx.$queryRaw<{ may_go_on: boolean }[]>`
    SELECT next_at <= now() AS may_go_on FROM dead_letter_actions WHERE action_id = ${replayId} FOR UPDATE`;
  return row && { id: replayId, mayGoOn: row.may_go_on };
};

/** Counts what became of the message, and notes when nothing of the replay is left to be handed over. */
export const noteReplayed = async (
  tx: RawTx,
  { id, mayGoOn }: ReplayInHand,
  outcome: 'handled' | 'failed',
): Promise<void> => {
  const handled = outcome === 'handled' ? 1 : 0;
  await tx.$executeRaw`
    UPDATE dead_letter_actions a
    SET handled = handled + ${handled}::int, failed = failed + 1 - ${handled}::int,
      next_at = CASE WHEN ${mayGoOn && handled === 1}::boolean THEN now() + interval '1 second' / per_second ELSE next_at END,
      finished_at = CASE WHEN EXISTS (SELECT FROM parked_messages p WHERE p.replay_id = a.action_id) THEN NULL ELSE now() END
    WHERE action_id = ${id}`;
};

/** After a failure the later messages of the stream are no longer part of the replay: they are held again. */
export const endReplayOfStream = async (
  tx: RawTx,
  { id }: ReplayInHand,
  { consumer, message }: DueMessage,
): Promise<void> => {
  await tx.$executeRaw`
    UPDATE parked_messages SET replay_id = NULL
    WHERE replay_id = ${id} AND consumer = ${consumer} AND stream_id = ${message.stream}`;
};
