import { setTimeout as wait } from 'node:timers/promises';
import {
  askReplay,
  countReplay,
  deadLetterActions,
  deadLetterErrors,
  dropLetter,
  parkedHeads,
  parkedLetters,
  type DeadLetterAction,
  type Drop,
  type ParkedHead,
  type ParkedLetter,
  type ReplaySubject,
} from '@saas/postgres';
import type { DeadLetterDesk } from './dead-letter-desks.ts';
import type { Placed } from './dlq-text.ts';

type Desks = readonly DeadLetterDesk[];

/** The heads of all streams with something parked, of every service and shard, oldest first. */
export const listHeads = async (desks: Desks): Promise<readonly Placed<ParkedHead>[]> => {
  const heads = await everywhere(desks, (client) => parkedHeads(client));
  return heads.toSorted((a, b) => a.parkedAt.getTime() - b.parkedAt.getTime());
};

/**
 * A message, once for each consumer that has parked it.
 *
 * @throws {AppError} `LETTER_UNKNOWN`.
 */
export const findLetters = async (desks: Desks, id: string): Promise<readonly Placed<ParkedLetter>[]> => {
  const letters = await everywhere(desks, (client) => parkedLetters(client, id));
  if (letters.length === 0) throw deadLetterErrors.LETTER_UNKNOWN({ id });
  return letters;
};

/** What operators did, the latest first. */
export const readAudit = async (
  desks: Desks,
  limit: number,
): Promise<readonly Placed<DeadLetterAction>[]> => {
  const actions = await everywhere(desks, (client) => deadLetterActions(client, { limit }));
  return actions.toSorted((a, b) => b.askedAt.getTime() - a.askedAt.getTime()).slice(0, limit);
};

/** What a replay would hand over, and where. */
export type Plan = {
  readonly desk: DeadLetterDesk;
  readonly messages: number;
  readonly streams: number;
  readonly ids: readonly string[];
};

/**
 * Looks what there is to replay; changes nothing.
 *
 * @throws {AppError} `LETTER_UNKNOWN` for a message that is nowhere, `LETTER_BEHIND_ANOTHER`.
 */
export const planReplay = async (desks: Desks, subject: ReplaySubject): Promise<readonly Plan[]> => {
  if (subject.kind === 'message') await findLetters(desks, subject.id);
  const plans: Plan[] = [];
  for (const desk of desks) {
    const counted = await countReplay(desk.client, subject);
    if (counted.messages > 0) plans.push({ desk, ...counted });
  }
  return plans;
};

type Asked = { readonly desk: DeadLetterDesk; readonly actionId: string };

/** Asks the running services; together they hand over about `perSecond` messages in a second. */
export const startReplay = async (
  plans: readonly Plan[],
  subject: ReplaySubject,
  { actor, perSecond }: { readonly actor: string; readonly perSecond: number },
): Promise<readonly Asked[]> => {
  const asked: Asked[] = [];
  for (const { desk } of plans) {
    const replay = await askReplay(desk.client, subject, { actor, perSecond: perSecond / plans.length });
    if (replay) asked.push({ desk, actionId: replay.actionId });
  }
  return asked;
};

const LOOK_MS = 200;
/** After how many looks without progress one stops looking: five seconds. */
const LOOKS_MAX = 25;

/** Looks on until the replay has ended, or nothing has moved for five seconds. */
export const followReplay = async (
  asked: readonly Asked[],
  report: (actions: readonly Placed<DeadLetterAction>[]) => void,
): Promise<readonly Placed<DeadLetterAction>[]> => {
  const look = () =>
    Promise.all(
      asked.map(async ({ desk: { service, shard, client }, actionId }) => {
        const actions = await deadLetterActions(client, { limit: 1, actionId });
        return actions.map((action) => ({ ...action, service, shard }));
      }),
    ).then((found) => found.flat());
  let before = '';
  for (let looks = 0; ; looks += 1) {
    const actions = await look();
    report(actions);
    const now = JSON.stringify(actions);
    if (now !== before) looks = 0;
    before = now;
    if (actions.every(({ finishedAt }) => finishedAt !== null) || looks >= LOOKS_MAX) return actions;
    await wait(LOOK_MS);
  }
};

/**
 * Drops a message wherever it is parked.
 *
 * @throws {AppError} `LETTER_UNKNOWN`, and as {@link dropLetter}. `LETTER_AMBIGUOUS` also when several services have it.
 */
export const dropAnywhere = async (desks: Desks, drop: Drop): Promise<{ readonly consumer: string }> => {
  const letters = await findLetters(desks, drop.id);
  const wanted = letters.filter(({ consumer }) => drop.consumer === undefined || consumer === drop.consumer);
  const consumers = wanted.map(({ consumer }) => consumer);
  if (wanted.length > 1)
    throw deadLetterErrors.LETTER_AMBIGUOUS({ id: drop.id, consumers: consumers.join(', ') });
  const place = wanted[0];
  const desk = desks.find(({ service, shard }) => service === place?.service && shard === place.shard);
  if (!desk) throw deadLetterErrors.LETTER_UNKNOWN({ id: drop.id });
  return dropLetter(desk.client, drop);
};

const everywhere = async <Found>(
  desks: Desks,
  ask: (client: DeadLetterDesk['client']) => Promise<readonly Found[]>,
): Promise<readonly Placed<Found>[]> => {
  const found: Placed<Found>[] = [];
  for (const { service, shard, client } of desks) {
    for (const each of await ask(client)) found.push({ ...each, service, shard });
  }
  return found;
};
