import { randomUUID } from 'node:crypto';
import { assertNever } from '@saas/kernel';
import type { ParkedState } from '@saas/messaging';
import type { ClientBase } from 'pg';
import { deadLetterErrors } from './dead-letters.errors.ts';

/** The first parked message of a consumer's stream, for operators. */
export type ParkedHead = {
  readonly consumer: string;
  readonly messageId: string;
  readonly tenantId: string;
  readonly stream: string;
  readonly sequence: number;
  readonly routingKey: string;
  readonly state: ParkedState;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorText: string | null;
  readonly parkedAt: Date;
  readonly failedAt: Date | null;
  readonly dueAt: Date;
  /** How many later messages of the stream wait behind it. */
  readonly behind: number;
};

/** A parked message whole. */
export type ParkedLetter = Omit<ParkedHead, 'behind'> & {
  readonly topic: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
};

/** What to replay: one message, one stream, or everything that is dead. */
export type ReplaySubject =
  | { readonly kind: 'message'; readonly id: string; readonly consumer?: string | undefined }
  | { readonly kind: 'stream'; readonly stream: string }
  | { readonly kind: 'all' };

/** A replay that was asked for, on one shard: `messages` of them, from the heads of `streams` streams on. */
export type Replay = { readonly actionId: string; readonly messages: number; readonly streams: number };

/** Of every stream with something parked the head, oldest first. */
export const parkedHeads = (client: ClientBase): Promise<readonly ParkedHead[]> =>
  asSystem(client, async () => {
    const { rows } = await client.query<ParkedHead>(`SELECT * FROM (${HEADS}) h ORDER BY "parkedAt"`);
    return rows;
  });

/** The message as it is parked, once for each consumer that has parked it. */
export const parkedLetters = (client: ClientBase, id: string): Promise<readonly ParkedLetter[]> =>
  asSystem(client, async () => {
    const { rows } = await client.query<ParkedLetter>(
      `SELECT ${COLUMNS}, topic, headers, body FROM parked_messages WHERE message_id = $1 ORDER BY consumer`,
      [id],
    );
    return rows;
  });

/**
 * Counts what a replay would hand over, without asking for it.
 *
 * @throws {AppError} `LETTER_BEHIND_ANOTHER`, as the replay would.
 */
export const countReplay = (
  client: ClientBase,
  subject: ReplaySubject,
): Promise<Omit<Replay, 'actionId'> & { readonly ids: readonly string[] }> =>
  asSystem(client, async () => {
    const chosen = await chooseHeads(client, subject);
    const messages = chosen.reduce((sum, { behind }) => sum + 1 + behind, 0);
    return { messages, streams: chosen.length, ids: chosen.map(({ messageId }) => messageId) };
  });

/**
 * Asks the running service to hand over dead messages again, and those held behind them, each stream in order, no more
 * than `perSecond` in a second. Undefined when there is nothing to replay.
 *
 * @throws {AppError} `LETTER_BEHIND_ANOTHER` for a message that is not the first of its stream.
 */
export const askReplay = (
  client: ClientBase,
  subject: ReplaySubject,
  { actor, perSecond }: { readonly actor: string; readonly perSecond: number },
): Promise<Replay | undefined> =>
  asSystem(client, async () => {
    const chosen = await chooseHeads(client, subject);
    if (chosen.length === 0) return undefined;
    const actionId = randomUUID();
    await client.query(
      `INSERT INTO dead_letter_actions (action_id, kind, actor, subject, per_second, messages)
       VALUES ($1, 'replay', $2, $3, $4, 0)`,
      [actionId, actor, textOf(subject), perSecond],
    );
    const { rowCount } = await client.query(
      `UPDATE parked_messages p SET replay_id = $1, due_at = now(),
         state = CASE WHEN p.state = 'held' THEN 'held' ELSE 'replaying' END
       FROM unnest($2::text[], $3::text[]) AS c(consumer, stream_id)
       WHERE p.consumer = c.consumer AND p.stream_id = c.stream_id`,
      [actionId, chosen.map(({ consumer }) => consumer), chosen.map(({ stream }) => stream)],
    );
    const messages = rowCount ?? 0;
    await client.query(
      `UPDATE dead_letter_actions SET messages = $2::int, finished_at = CASE WHEN $2::int = 0 THEN now() END
       WHERE action_id = $1`,
      [actionId, messages],
    );
    return { actionId, messages, streams: chosen.length };
  });

/** Heads that are dead, or, when asked for by name, that wait to be tried again. Their streams are held still. */
const chooseHeads = async (client: ClientBase, subject: ReplaySubject): Promise<readonly ParkedHead[]> => {
  const { rows } = await client.query<ParkedHead>(HEADS);
  switch (subject.kind) {
    case 'all':
      return rows.filter(({ state }) => state === 'dead');
    case 'stream':
      return rows.filter(({ state, stream }) => state === 'dead' && stream === subject.stream);
    case 'message': {
      const { id, consumer } = subject;
      const found = rows.filter((row) => row.messageId === id && isOf(consumer, row));
      if (found.length === 0) await refuseBehind(client, rows, id, consumer);
      return found.filter(({ state }) => state === 'dead' || state === 'retrying');
    }
    default:
      return assertNever(subject);
  }
};

/** @throws {AppError} `LETTER_BEHIND_ANOTHER` when the message is parked, but not as a head. */
export const refuseBehind = async (
  client: ClientBase,
  heads: readonly Pick<ParkedHead, 'consumer' | 'stream' | 'messageId'>[],
  id: string,
  consumer: string | undefined,
): Promise<void> => {
  const { rows } = await client.query<Pick<ParkedHead, 'consumer' | 'stream'>>(
    'SELECT consumer, stream_id AS stream FROM parked_messages WHERE message_id = $1',
    [id],
  );
  const row = rows.find((each) => isOf(consumer, each));
  if (!row) return;
  const head = heads.find((each) => each.consumer === row.consumer && each.stream === row.stream);
  throw deadLetterErrors.LETTER_BEHIND_ANOTHER({ id, first: head?.messageId ?? '' });
};

const isOf = (consumer: string | undefined, row: { readonly consumer: string }): boolean =>
  consumer === undefined || row.consumer === consumer;

const textOf = (subject: ReplaySubject): string => {
  switch (subject.kind) {
    case 'all':
      return 'all';
    case 'stream':
      return `stream ${subject.stream}`;
    case 'message':
      return `message ${subject.id}`;
    default:
      return assertNever(subject);
  }
};

/** One transaction that sees every tenant, of whoever owns the tables. */
export const asSystem = async <Result>(client: ClientBase, work: () => Promise<Result>): Promise<Result> => {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT set_config('app.scope', 'system', true)`);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
};

const COLUMNS = `consumer, message_id AS "messageId", tenant_id AS "tenantId", stream_id AS stream, sequence,
  routing_key AS "routingKey", state, attempts, error_code AS "errorCode", error_text AS "errorText",
  parked_at AS "parkedAt", failed_at AS "failedAt", due_at AS "dueAt"`;

/** The heads of all streams, each with the count of what is behind it. */
export const HEADS = `SELECT DISTINCT ON (consumer, stream_id) ${COLUMNS},
  (count(*) OVER (PARTITION BY consumer, stream_id) - 1)::int AS behind
  FROM parked_messages ORDER BY consumer, stream_id, sequence`;
