import type { EmailKey } from '../account/account.values.ts';
import type {
  EmailDirectory,
  KnownReservation,
  RegistrationClaim,
  ReservationKey,
} from './email-directory.port.ts';

/** A real directory that forgets on exit. Used by unit tests; held to the same contract as the others. */
export const memoryEmailDirectory = (): EmailDirectory => {
  const rows = new Map<EmailKey, KnownReservation>();
  const claims = new Map<string, RegistrationClaim & { readonly claimedAt: string }>();

  const exactly = ({ email, userId, fenceVersion }: ReservationKey): KnownReservation | undefined => {
    const row = rows.get(email);
    return row?.userId === userId && row.fenceVersion === fenceVersion ? row : undefined;
  };
  const findClaim = (key: string): RegistrationClaim | undefined => {
    const known = claims.get(key);
    if (!known) return undefined;
    const { claimedAt: _, ...claim } = known;
    return claim;
  };

  return {
    async reserve(reservation, claim) {
      const known = claim && findClaim(claim.key);
      if (known) return { status: 'claimed', by: known };
      const row = rows.get(reservation.email);
      if (row) return { status: 'held', by: row };
      rows.set(reservation.email, { ...reservation, confirmedAt: null });
      if (claim) claims.set(claim.key, { ...claim, claimedAt: reservation.reservedAt });
      return { status: 'reserved' };
    },
    find: async (email) => rows.get(email),
    findClaim: async (key) => findClaim(key),
    async confirm(reservation, at) {
      const row = exactly(reservation);
      if (row && row.confirmedAt === null) rows.set(row.email, { ...row, confirmedAt: at });
    },
    async moveFence(reservation, fenceVersion, at) {
      const row = exactly(reservation);
      if (!row) return false;
      rows.set(row.email, { ...row, fenceVersion, reservedAt: at, confirmedAt: null });
      return true;
    },
    async release(reservation) {
      if (exactly(reservation)) rows.delete(reservation.email);
    },
    async abandon(reservation) {
      if (!exactly(reservation)) return;
      rows.delete(reservation.email);
      for (const [key, { userId }] of claims) if (userId === reservation.userId) claims.delete(key);
    },
    async forget(userId) {
      const held = [...rows.values()].filter((row) => row.userId === userId);
      const claimed = [...claims.values()].filter((claim) => claim.userId === userId);
      for (const { email } of held) rows.delete(email);
      for (const { key } of claimed) claims.delete(key);
      return held.length + claimed.length;
    },
    pending: async (before, limit) =>
      [...rows.values()]
        .filter(({ confirmedAt, reservedAt }) => confirmedAt === null && reservedAt < before)
        .toSorted((left, right) => (left.reservedAt < right.reservedAt ? -1 : 1))
        .slice(0, limit),
    async forgetClaims(before) {
      for (const [key, { claimedAt }] of claims) if (claimedAt < before) claims.delete(key);
    },
  };
};
