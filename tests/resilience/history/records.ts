import { asSuperuser } from '../../support/events.ts';
import type { Announced, Effect, WrittenEvent } from './history.ts';
import type { Databases } from './servers.ts';

/** Everything that the databases say, past every policy. */
export const readRecords = async ({ source, target }: Databases) => {
  const events = await asSuperuser<WrittenEvent>(
    [source],
    `SELECT stream_id AS stream, version, data->>'operation' AS operation, (data->>'before')::int AS before,
       (data->>'amount')::int AS amount
     FROM events`,
  );
  const messages = await asSuperuser<Announced>(
    [source],
    `SELECT id AS "messageId", stream_id AS stream, sequence, body->>'operation' AS operation,
       sent_at IS NOT NULL AS "isSent"
     FROM outbox`,
  );
  const effects = await asSuperuser<Effect>(
    [target],
    `SELECT message_id AS "messageId", stream_id AS stream, sequence, operation, position::int AS position
     FROM history_effects`,
  );
  return { events, messages, effects };
};

export type Progress = {
  /** Messages that the source has put into its outbox. */
  readonly messages: number;
  /** Messages that are not marked as sent. */
  readonly waiting: number;
  /** Rows that the consumer has written. */
  readonly effects: number;
};

/** How far everything is by now; undefined while a database is away. */
export const readProgress = async ({ source, target }: Databases): Promise<Progress | undefined> => {
  try {
    const sent = await asSuperuser<{ messages: number; waiting: number }>(
      [source],
      'SELECT count(*)::int AS messages, count(*) FILTER (WHERE sent_at IS NULL)::int AS waiting FROM outbox',
    );
    const written = await asSuperuser<{ effects: number }>(
      [target],
      'SELECT count(*)::int AS effects FROM history_effects',
    );
    return {
      messages: sumOf(sent.map(({ messages }) => messages)),
      waiting: sumOf(sent.map(({ waiting }) => waiting)),
      effects: sumOf(written.map(({ effects }) => effects)),
    };
  } catch {
    return undefined;
  }
};

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
