import { setTimeout as pauseFor } from 'node:timers/promises';
import { isAppError, type Clock } from '@saas/kernel';
import { eventStoreErrors, type EventStore } from '@saas/event-sourcing';
import {
  account,
  accountStream,
  isKnown,
  type Account,
  type KnownAccount,
} from '../account/account.decider.ts';
import { accountErrors } from '../account/account.errors.ts';
import { readAccount } from '../account/account-reader.process.ts';
import { emailKeyOf } from '../account/account.values.ts';
import { directoryErrors } from './email-directory.errors.ts';
import type {
  EmailDirectory,
  KnownReservation,
  RegistrationClaim,
  Reservation,
} from './email-directory.port.ts';

const ATTEMPTS_MAX = 10;
const RECONCILED_MAX = 200;
const CLAIM_LIFETIME_MS = 24 * 60 * 60 * 1_000;

export type SettlementOptions = {
  readonly store: EventStore;
  readonly directory: EmailDirectory;
  readonly clock: Clock;
  /** How long a pending reservation is left to its owner, in milliseconds. Safety does not depend on it, patience does. */
  readonly staleMs?: number;
  /** How long to wait for a rival before giving up with `EMAIL_BUSY`; longer than `staleMs`. */
  readonly waitMsMax?: number;
  readonly pause?: (attempt: number) => Promise<unknown>;
};

export type Acquired =
  | { readonly status: 'acquired' }
  /** The same request was made before, and led to this account. */
  | { readonly status: 'answered'; readonly by: RegistrationClaim };

type Wanted = Omit<Reservation, 'reservedAt'>;

export type Settlement = {
  /**
   * Takes an address for an account that is about to get it at `fenceVersion`, waiting for rivals who have not finished.
   *
   * @param field the input that names the address, for the errors.
   * @throws {AppError} `EMAIL_TAKEN`; `IDEMPOTENCY_KEY_REUSED`; `EMAIL_BUSY` after `waitMsMax`.
   */
  readonly acquire: (wanted: Wanted, claim?: RegistrationClaim, field?: string) => Promise<Acquired>;

  /**
   * Clears away what a change of address has left: the address before is free, this one is confirmed. Does nothing when that is
   * so already. Call it before the next change too, for only the last address but one is remembered.
   */
  readonly finish: (state: KnownAccount, version: number) => Promise<void>;

  /**
   * Settles what dead processes have left pending, the oldest first, at most {@link RECONCILED_MAX} at a time. Any number of
   * processes may do so at once.
   *
   * @returns how many reservations were looked at.
   */
  readonly reconcile: () => Promise<number>;
};

/**
 * Gives every address to at most one account, over all shards, without a transaction across them, also when a process dies
 * between any two steps.
 *
 * 1. reserve: a pending row in the directory names the account and the version (fence) at which it will get the address;
 * 2. append to the account's stream at exactly that version;
 * 3. confirm the row.
 *
 * Whoever meets a pending row that has grown stale asks the account's stream. If the address is there, the row is confirmed. If
 * not, an event of no meaning takes the fence's version, so that the owner's append can never succeed any more, however slow
 * it is; then the row is removed. Optimistic concurrency is the fence; the clock only says when to look.
 */
export const settlement = (options: SettlementOptions): Settlement => {
  const { directory, clock, waitMsMax = 6_000, pause = jitter, staleMs = STALE_MS } = options;
  const now = () => clock.now().getTime();
  return {
    acquire: async (wanted, claim, field = 'email') => {
      const deadline = now() + waitMsMax;
      for (let attempt = 1; ; attempt += 1) {
        const acquired = await tryAcquire(options, wanted, claim, field);
        if (acquired) return acquired;
        if (now() >= deadline) throw directoryErrors.EMAIL_BUSY({ field });
        await pause(attempt);
      }
    },
    finish: async (state, version) => {
      const row = await directory.find(emailKeyOf(state.email));
      if (row?.userId === state.userId && row.confirmedAt === null)
        await complete(options, row, state, version);
    },
    reconcile: async () => {
      const rows = await directory.pending(isoAt(now() - staleMs), RECONCILED_MAX);
      for (const row of rows) await settle(options, row);
      await directory.forgetClaims(isoAt(now() - CLAIM_LIFETIME_MS));
      return rows.length;
    },
  };
};

const STALE_MS = 3_000;

/** One try: undefined means that somebody is in the way and may leave. */
const tryAcquire = async (
  options: SettlementOptions,
  wanted: Wanted,
  claim: RegistrationClaim | undefined,
  field: string,
): Promise<Acquired | undefined> => {
  const { directory, clock } = options;
  const at = clock.now().toISOString();
  const outcome = await directory.reserve({ ...wanted, reservedAt: at }, claim);
  if (outcome.status === 'reserved') return { status: 'acquired' };
  if (outcome.status === 'vacated') return undefined;
  if (outcome.status === 'claimed') {
    if (outcome.by.requestHash !== claim?.requestHash)
      throw eventStoreErrors.IDEMPOTENCY_KEY_REUSED({ field: 'idempotencyKey' });
    return (await hasSucceeded(options, outcome.by)) ? { status: 'answered', by: outcome.by } : undefined;
  }
  const { by } = outcome;
  if (by.userId === wanted.userId) {
    return (await directory.moveFence(by, wanted.fenceVersion, at)) ? { status: 'acquired' } : undefined;
  }
  if ((await look(options, by)) === 'standing') throw accountErrors.EMAIL_TAKEN({ field });
  return undefined;
};

/** Whether the account that a claim names is there. If it is not, and its owner is taking too long, the claim goes. */
const hasSucceeded = async (options: SettlementOptions, by: RegistrationClaim): Promise<boolean> => {
  if (isKnown((await readAccount(options.store, by)).state)) return true;
  const row = await options.directory.find(by.email);
  if (row?.userId === by.userId) await look(options, row);
  return false;
};

const look = async (
  options: SettlementOptions,
  row: KnownReservation,
): Promise<'standing' | 'free' | 'pending'> => {
  if (row.confirmedAt !== null) return 'standing';
  const { clock, staleMs = STALE_MS } = options;
  const ageMs = clock.now().getTime() - Date.parse(row.reservedAt);
  return ageMs < staleMs ? 'pending' : settle(options, row);
};

const settle = async (options: SettlementOptions, row: KnownReservation): Promise<'standing' | 'free'> => {
  const { store, directory } = options;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { state, version } = await readAccount(store, row);
    if (isKnown(state) && emailKeyOf(state.email) === row.email) {
      await complete(options, row, state, version);
      return 'standing';
    }
    if (version > row.fenceVersion || (await isFenced(options, row, state))) {
      await (row.fenceVersion === 0 ? directory.abandon(row) : directory.release(row));
      return 'free';
    }
  }
  throw directoryErrors.EMAIL_BUSY();
};

/** The address is the account's: frees the one before, then confirms. In this order a crash leaves the row pending. */
const complete = async (
  { directory, clock }: SettlementOptions,
  row: KnownReservation,
  state: KnownAccount,
  version: number,
): Promise<void> => {
  const previous = state.previousEmail === null ? row.email : emailKeyOf(state.previousEmail);
  if (previous !== row.email) {
    const old = await directory.find(previous);
    // A later fence is a change back that is under way.
    if (old?.userId === state.userId && old.fenceVersion < version) await directory.release(old);
  }
  await directory.confirm(row, clock.now().toISOString());
};

/** Takes the version that the owner of the reservation wants; false when the stream has moved meanwhile. */
const isFenced = async (
  { store, clock }: SettlementOptions,
  { tenantId, userId, fenceVersion }: Reservation,
  state: Account,
): Promise<boolean> => {
  const events = account.decide({ type: 'AbandonReservation', at: clock.now().toISOString() }, state);
  try {
    await store.append({
      tenantId,
      metadata: { actor: 'users', requestId: 'settlement' },
      streams: [{ stream: accountStream(userId), expectedVersion: fenceVersion, events }],
    });
    return true;
  } catch (error) {
    if (!isAppError(error, 'VERSION_CONFLICT')) throw error;
    return false;
  }
};

const isoAt = (ms: number): string => new Date(ms).toISOString();

const PAUSE_MS_MAX = 200;
const jitter = (attempt: number): Promise<unknown> =>
  pauseFor((0.5 + Math.random() / 2) * Math.min(PAUSE_MS_MAX, 10 * 2 ** attempt));
