import type { Claim } from '@saas/event-sourcing';
import type { TenantId, UserId } from '@saas/kernel';
import type { EmailKey } from '../account/account.values.ts';

/** Names one reservation exactly. Another fence is another reservation, and is left alone. */
export type ReservationKey = {
  readonly email: EmailKey;
  readonly userId: UserId;
  /** The version of the account's stream at which the address will be appended to it, and at no other. */
  readonly fenceVersion: number;
};

/** An address, and the account it belongs to or is about to belong to. */
export type Reservation = ReservationKey & {
  readonly tenantId: TenantId;
  /** ISO-8601. */
  readonly reservedAt: string;
};

export type KnownReservation = Reservation & {
  /** When the account was known to have the address; null while nobody knows. */
  readonly confirmedAt: string | null;
};

/** The registration that an idempotency key stood for. */
export type RegistrationClaim = Pick<Claim, 'key' | 'requestHash'> & {
  readonly email: EmailKey;
  readonly userId: UserId;
  readonly tenantId: TenantId;
};

export type ReserveOutcome =
  | { readonly status: 'reserved' }
  | { readonly status: 'held'; readonly by: KnownReservation }
  | { readonly status: 'claimed'; readonly by: RegistrationClaim }
  /** Somebody was in the way and has just left. Try again. */
  | { readonly status: 'vacated' };

/**
 * Knows for every e-mail address, over all shards, whose it is. It decides races for an address, and nothing else: whether an
 * account really has it, the account's own stream says.
 *
 * Every operation is one atomic step. Every adapter must pass `describeEmailDirectoryContract`.
 */
export type EmailDirectory = {
  /**
   * Takes a free address, pending, together with the registration's claim; or says who stands in the way. Of any number of
   * rivals for an address, or for a claim's key, exactly one takes it.
   */
  reserve(reservation: Reservation, claim?: RegistrationClaim): Promise<ReserveOutcome>;
  find(email: EmailKey): Promise<KnownReservation | undefined>;
  findClaim(key: string): Promise<RegistrationClaim | undefined>;
  /** Marks the reservation as settled for good. Does nothing when it is not there any more. */
  confirm(reservation: ReservationKey, at: string): Promise<void>;
  /** Moves a reservation to another fence and makes it pending again; false when it is not there any more. */
  moveFence(reservation: ReservationKey, fenceVersion: number, at: string): Promise<boolean>;
  /** Frees the address. A registration's claim stays: the account it led to exists. */
  release(reservation: ReservationKey): Promise<void>;
  /** Frees the address and forgets the claim that came with it: nothing came of it. */
  abandon(reservation: ReservationKey): Promise<void>;
  /** Frees every address of the user and forgets every claim of theirs. @returns how many there were of both. */
  forget(userId: UserId): Promise<number>;
  /** Pending reservations from before `before` (ISO-8601), the oldest first, at most `limit`. */
  pending(before: string, limit: number): Promise<readonly KnownReservation[]>;
  /** Forgets claims from before `before` (ISO-8601). */
  forgetClaims(before: string): Promise<void>;
};
