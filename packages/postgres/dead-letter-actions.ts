import type { ClientBase } from 'pg';
import { asSystem } from './dead-letters.ts';

/** What an operator did, and how it went on. */
export type DeadLetterAction = {
  readonly actionId: string;
  readonly kind: 'replay' | 'drop';
  readonly actor: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly askedAt: Date;
  readonly perSecond: number | null;
  readonly messages: number;
  readonly handled: number;
  /** Of a replay: those that failed once more, and left the rest of their streams held. */
  readonly failed: number;
  readonly finishedAt: Date | null;
};

/** The latest first; all of them or one. */
export const deadLetterActions = (
  client: ClientBase,
  { limit, actionId }: { readonly limit: number; readonly actionId?: string },
): Promise<readonly DeadLetterAction[]> =>
  asSystem(client, async () => {
    const { rows } = await client.query<DeadLetterAction>(
      `SELECT action_id AS "actionId", kind, actor, subject, reason, asked_at AS "askedAt", per_second AS "perSecond",
         messages, handled, failed, finished_at AS "finishedAt"
       FROM dead_letter_actions WHERE $2::text IS NULL OR action_id = $2 ORDER BY asked_at DESC LIMIT $1`,
      [limit, actionId ?? null],
    );
    return rows;
  });
