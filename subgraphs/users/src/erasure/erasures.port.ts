import type { TenantId, UserId } from '@saas/kernel';

/** Where a person's account is recorded. */
export type Person = { readonly tenantId: TenantId; readonly userId: UserId };

/** How much of a person was found, or removed, by kind. */
export type Traces = Readonly<Record<'keys' | 'addresses' | 'snapshots' | 'claims' | 'sessions', number>>;

/** An erasure on record. It holds nothing of the person but ids. */
export type Erasure = Person & {
  readonly erasureId: string;
  /** Who asked for it, by the name of their account on the machine where they did. */
  readonly requestedBy: string;
  /** ISO-8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Whose keys are still to be destroyed, as the keeper of keys names them. */
  readonly pseudonyms: readonly string[];
  readonly outcome: Traces | null;
};

/**
 * The record of erasures, and what a person leaves in this service beside events, keys and addresses. Rows of the record are
 * never removed.
 */
export type Erasures = {
  /** The tenant of a user; undefined for one who has never had an account. */
  findPerson(userId: UserId): Promise<Person | undefined>;
  begin(erasure: Omit<Erasure, 'finishedAt' | 'outcome'>): Promise<void>;
  /** The pseudonyms go, for nobody needs them any more. */
  finish(erasure: Erasure, outcome: Traces, at: string): Promise<void>;
  /** The last erasure of this person; undefined when there is none. */
  last(person: Person): Promise<Erasure | undefined>;
  /** Of all tenants, the newest first, at most `limit`. */
  list(limit: number): Promise<readonly Erasure[]>;
  /** How much there is of what `drop` would remove, and how many sessions are live. */
  count(person: Person): Promise<Omit<Traces, 'keys' | 'addresses'>>;
  /** Removes snapshots of the account and claims of the person. @returns how many there were of each. */
  drop(person: Person): Promise<Omit<Traces, 'keys' | 'addresses' | 'sessions'>>;
};
