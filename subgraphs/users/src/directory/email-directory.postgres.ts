import type { Prisma } from '@saas/prisma-users';
import type { ShardedDatabase } from '@saas/postgres';
import type {
  EmailDirectory,
  KnownReservation,
  RegistrationClaim,
  ReservationKey,
} from './email-directory.port.ts';

type Tx = Prisma.TransactionClient;

/** The directory as tables on the directory shard. Primary keys decide the races. */
export const postgresEmailDirectory = (database: Pick<ShardedDatabase<Tx>, 'directory'>): EmailDirectory => ({
  reserve: (reservation, claim) =>
    database.directory(async (tx) => {
      if (claim && !(await isClaimed(tx, claim, reservation.reservedAt))) {
        const row = await tx.registrationClaim.findUnique({ where: { key: claim.key } });
        return row ? { status: 'claimed', by: claimOf(row) } : { status: 'vacated' };
      }
      // An insert that meets a rival's uncommitted row waits for it, then inserts nothing.
      const { count } = await tx.emailReservation.createMany({ data: [reservation], skipDuplicates: true });
      if (count === 1) return { status: 'reserved' };
      if (claim) await tx.registrationClaim.delete({ where: { key: claim.key } });
      const row = await tx.emailReservation.findUnique({ where: { email: reservation.email } });
      return row ? { status: 'held', by: reservationOf(row) } : { status: 'vacated' };
    }),

  find: (email) =>
    database.directory(async (tx) => {
      const row = await tx.emailReservation.findUnique({ where: { email } });
      return row ? reservationOf(row) : undefined;
    }),

  findClaim: (key) =>
    database.directory(async (tx) => {
      const row = await tx.registrationClaim.findUnique({ where: { key } });
      return row ? claimOf(row) : undefined;
    }),

  confirm: (reservation, at) =>
    database.directory(async (tx) => {
      const where = { ...exactly(reservation), confirmedAt: null };
      await tx.emailReservation.updateMany({ where, data: { confirmedAt: at } });
    }),

  moveFence: (reservation, fenceVersion, at) =>
    database.directory(async (tx) => {
      const data = { fenceVersion, reservedAt: at, confirmedAt: null };
      const { count } = await tx.emailReservation.updateMany({ where: exactly(reservation), data });
      return count === 1;
    }),

  release: (reservation) =>
    database.directory(async (tx) => {
      await tx.emailReservation.deleteMany({ where: exactly(reservation) });
    }),

  abandon: (reservation) =>
    database.directory(async (tx) => {
      const { count } = await tx.emailReservation.deleteMany({ where: exactly(reservation) });
      if (count === 1) await tx.registrationClaim.deleteMany({ where: { userId: reservation.userId } });
    }),

  forget: (userId) =>
    database.directory(async (tx) => {
      const reservations = await tx.emailReservation.deleteMany({ where: { userId } });
      const claims = await tx.registrationClaim.deleteMany({ where: { userId } });
      return reservations.count + claims.count;
    }),

  pending: (before, limit) =>
    database.directory(async (tx) => {
      const where = { confirmedAt: null, reservedAt: { lt: before } };
      const rows = await tx.emailReservation.findMany({ where, orderBy: { reservedAt: 'asc' }, take: limit });
      return rows.map(reservationOf);
    }),

  forgetClaims: (before) =>
    database.directory(async (tx) => {
      await tx.registrationClaim.deleteMany({ where: { claimedAt: { lt: before } } });
    }),
});

const isClaimed = async (tx: Tx, claim: RegistrationClaim, claimedAt: string): Promise<boolean> => {
  const data = [{ ...claim, claimedAt }];
  return (await tx.registrationClaim.createMany({ data, skipDuplicates: true })).count === 1;
};

const exactly = ({ email, userId, fenceVersion }: ReservationKey) => ({ email, userId, fenceVersion });

type ReservationRow = NonNullable<Awaited<ReturnType<Tx['emailReservation']['findUnique']>>>;
type ClaimRow = NonNullable<Awaited<ReturnType<Tx['registrationClaim']['findUnique']>>>;

const reservationOf = ({ reservedAt, confirmedAt, ...row }: ReservationRow): KnownReservation =>
  ({
    ...row,
    reservedAt: reservedAt.toISOString(),
    confirmedAt: confirmedAt?.toISOString() ?? null,
  }) as KnownReservation;

const claimOf = ({ key, requestHash, email, userId, tenantId }: ClaimRow): RegistrationClaim =>
  ({ key, requestHash, email, userId, tenantId }) as RegistrationClaim;
