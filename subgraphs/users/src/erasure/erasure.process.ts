import { randomUUID } from 'node:crypto';
import type { Clock, UserId } from '@saas/kernel';
import { commandHandler, stateOf, type EventStore, type SubjectKeys } from '@saas/event-sourcing';
import { announceAccount } from '../account/account.announcements.ts';
import { account, accountStream, isKnown, type Account } from '../account/account.decider.ts';
import { accountErrors } from '../account/account.errors.ts';
import type { AccountEvent } from '../account/account.events.ts';
import { addressSubject, type Email } from '../account/account.values.ts';
import type { EmailDirectory } from '../directory/email-directory.port.ts';
import type { Erasure, Erasures, Person, Traces } from './erasures.port.ts';

export type ErasureOptions = {
  readonly store: EventStore;
  readonly keys: SubjectKeys;
  readonly directory: Pick<EmailDirectory, 'forget'>;
  readonly erasures: Erasures;
  readonly clock: Clock;
  /** An active owner of the tenant other than this user, when there is one. */
  readonly findOtherOwner: (person: Person) => Promise<UserId | undefined>;
};

/** What erasing somebody would do. */
export type ErasurePlan = Person & {
  /** `begun`: an earlier erasure was cut off and would be finished. */
  readonly status: 'to do' | 'begun' | 'done';
  readonly role: string | null;
  /** Nobody else could manage the tenant afterwards. */
  readonly isLastOwner: boolean;
  /** Every address that the account has had; none once they cannot be read any more. */
  readonly addresses: readonly Email[];
  readonly found: Omit<Traces, 'keys' | 'addresses'>;
  readonly before: Erasure | undefined;
};

export type PersonErasure = {
  /** Changes nothing. @throws {AppError} `USER_NOT_FOUND`. */
  readonly plan: (userId: UserId) => Promise<ErasurePlan>;
  /** @throws {AppError} `USER_NOT_FOUND`. */
  readonly erase: (
    userId: UserId,
    requestedBy: string,
  ) => Promise<{ readonly isDoneBefore: boolean; readonly erasure: Erasure }>;
  /** The newest first. */
  readonly list: (limit: number) => Promise<readonly Erasure[]>;
};

/**
 * Makes everything that identifies a person unreadable, without rewriting what happened: their keys are destroyed, in whatever
 * copies of the log their names lie; the read model and the directory of addresses forget them; `user.erased` tells the others.
 *
 * The order is made for being cut off anywhere and run again. The account is closed first, after which it gets no further
 * address; whose keys are to go is on record before the first of them does; and every step may be repeated.
 */
export const personErasure = (options: ErasureOptions): PersonErasure => {
  const { erasures, clock } = options;
  return {
    list: (limit) => erasures.list(limit),
    plan: (userId) => planOf(options, userId),
    async erase(userId, requestedBy) {
      const person = await findPerson(options, userId);
      const before = await erasures.last(person);
      if (before && before.finishedAt !== null) return { isDoneBefore: true, erasure: before };
      const erasureId = before?.erasureId ?? randomUUID();
      const { sessions } = await erasures.count(person);
      await close(options, person, erasureId);
      const erasure = before ?? (await begin(options, person, { erasureId, requestedBy }));
      const outcome = { ...(await remove(options, erasure)), sessions };
      const at = clock.now().toISOString();
      await erasures.finish(erasure, outcome, at);
      return { isDoneBefore: false, erasure: { ...erasure, outcome, finishedAt: at, pseudonyms: [] } };
    },
  };
};

const planOf = async (options: ErasureOptions, userId: UserId): Promise<ErasurePlan> => {
  const { erasures, findOtherOwner } = options;
  const person = await findPerson(options, userId);
  const { state, addresses } = await look(options, person);
  const before = await erasures.last(person);
  if (!isKnown(state) && state.status !== 'erased') throw accountErrors.USER_NOT_FOUND();
  const isOwner = isKnown(state) && state.status === 'active' && state.role === 'OWNER';
  const isDone = before !== undefined && before.finishedAt !== null;
  return {
    ...person,
    status: isDone ? 'done' : isKnown(state) ? 'to do' : 'begun',
    role: isKnown(state) ? state.role : null,
    isLastOwner: isOwner && (await findOtherOwner(person)) === undefined,
    addresses: isDone ? [] : addresses,
    found: await erasures.count(person),
    before,
  };
};

const findPerson = async ({ erasures }: ErasureOptions, userId: UserId): Promise<Person> => {
  const person = await erasures.findPerson(userId);
  if (!person) throw accountErrors.USER_NOT_FOUND();
  return person;
};

const look = async (
  { store }: ErasureOptions,
  { tenantId, userId }: Person,
): Promise<{ readonly state: Account; readonly addresses: readonly Email[] }> => {
  const [slice] = await store.read<AccountEvent>(tenantId, [accountStream(userId)]);
  const events = slice?.events ?? [];
  const addresses = events.flatMap(({ type, data }) => {
    if (type === 'UserWasCreated') return [data.email];
    return type === 'UserEmailWasChanged' ? [data.email, data.previousEmail] : [];
  });
  return { state: stateOf(account, slice ?? { events, version: 0 }), addresses: [...new Set(addresses)] };
};

const close = async (
  { store, clock }: ErasureOptions,
  { tenantId, userId }: Person,
  erasureId: string,
): Promise<void> => {
  const handle = commandHandler({ decider: account, store, announce: announceAccount });
  const command = { type: 'EraseUser', at: clock.now().toISOString() } as const;
  const work = { commands: [{ stream: accountStream(userId), command }] };
  await handle({ tenantId, metadata: { actor: 'erasure', requestId: erasureId }, work });
};

const begin = async (
  options: ErasureOptions,
  person: Person,
  asked: Pick<Erasure, 'erasureId' | 'requestedBy'>,
): Promise<Erasure> => {
  const { erasures, keys, clock } = options;
  const { addresses } = await look(options, person);
  const subjects = [person.userId, ...addresses.map(addressSubject)];
  const erasure = {
    ...person,
    ...asked,
    pseudonyms: [...new Set(subjects.map((subject) => keys.pseudonymOf(subject)))],
    startedAt: clock.now().toISOString(),
  };
  await erasures.begin(erasure);
  return { ...erasure, finishedAt: null, outcome: null };
};

/** A sealed invitation is found by nobody but the keeper of its key, who knows it by the address. */
const remove = async (
  { erasures, keys, directory }: ErasureOptions,
  { tenantId, userId, pseudonyms }: Erasure,
): Promise<Omit<Traces, 'sessions'>> => {
  const addresses = await directory.forget(userId);
  const dropped = await erasures.drop({ tenantId, userId });
  return { ...dropped, addresses, keys: await keys.destroy(pseudonyms) };
};
