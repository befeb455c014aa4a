import { beforeEach, describe, expect, it } from '@jest/globals';
import { bucketOfId, newId, newTenantId, systemClock } from '@saas/kernel';
import { emailKeyOf, parseEmail, type EmailKey } from '../account/account.values.ts';
import type { EmailDirectory, RegistrationClaim, Reservation } from './email-directory.port.ts';

let fresh = 0;
const unique = (what: string): string => `${what}-${process.pid}-${Date.now()}-${(fresh += 1)}`;
const anEmail = (): EmailKey => emailKeyOf(parseEmail(`${unique('ada')}@example.com`));
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-01T00:01:00.000Z';

const aReservation = (email = anEmail(), fenceVersion = 0): Reservation => {
  const tenantId = newTenantId(systemClock);
  return {
    email,
    tenantId,
    userId: newId('usr', bucketOfId(tenantId), systemClock),
    fenceVersion,
    reservedAt: at,
  };
};
const claimOn = ({ email, userId, tenantId }: Reservation, key = unique('key')): RegistrationClaim => ({
  key,
  requestHash: 'hash',
  email,
  userId,
  tenantId,
});

/** The promises of the EmailDirectory port. Call it once per adapter. */
export const describeEmailDirectoryContract = (adapter: string, open: () => Promise<EmailDirectory>) =>
  describe(`${adapter} keeps the EmailDirectory contract`, () => {
    let directory: EmailDirectory;
    beforeEach(async () => {
      directory = await open();
    });

    it('gives a free address away, pending', async () => {
      const mine = aReservation();
      expect(await directory.reserve(mine)).toEqual({ status: 'reserved' });
      expect(await directory.find(mine.email)).toEqual({ ...mine, confirmedAt: null });
    });

    it('knows nothing of an address that nobody asked for', async () => {
      expect(await directory.find(anEmail())).toBeUndefined();
      expect(await directory.findClaim(unique('key'))).toBeUndefined();
    });

    it('names the holder to whoever comes second', async () => {
      const mine = aReservation();
      await directory.reserve(mine);
      expect(await directory.reserve(aReservation(mine.email))).toEqual({
        status: 'held',
        by: { ...mine, confirmedAt: null },
      });
    });

    it('gives an address to exactly one of many rivals', async () => {
      const email = anEmail();
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, () => {
          const rival = aReservation(email);
          return directory.reserve(rival, claimOn(rival));
        }),
      );
      expect(outcomes.filter(({ status }) => status === 'reserved')).toHaveLength(1);
      expect(outcomes.filter(({ status }) => status === 'held')).toHaveLength(15);
    });

    it('gives a claim to exactly one of many rivals, over different addresses', async () => {
      const key = unique('key');
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => {
          const rival = aReservation();
          return directory.reserve(rival, claimOn(rival, key));
        }),
      );
      expect(outcomes.filter(({ status }) => status === 'reserved')).toHaveLength(1);
      expect(outcomes.filter(({ status }) => status === 'claimed')).toHaveLength(7);
    });

    it('names the claimant to whoever comes with the same key', async () => {
      const mine = aReservation();
      const claim = claimOn(mine);
      await directory.reserve(mine, claim);
      const rival = aReservation();
      expect(await directory.reserve(rival, claimOn(rival, claim.key))).toEqual({
        status: 'claimed',
        by: claim,
      });
      expect(await directory.findClaim(claim.key)).toEqual(claim);
      expect(await directory.find(rival.email)).toBeUndefined();
    });

    it('keeps no claim of a reservation that was refused', async () => {
      const mine = aReservation();
      await directory.reserve(mine);
      const rival = aReservation(mine.email);
      const claim = claimOn(rival);
      await directory.reserve(rival, claim);
      expect(await directory.findClaim(claim.key)).toBeUndefined();
    });

    it('remembers when a reservation was confirmed first', async () => {
      const mine = aReservation();
      await directory.reserve(mine);
      await directory.confirm(mine, at);
      await directory.confirm(mine, later);
      expect(await directory.find(mine.email)).toMatchObject({ confirmedAt: at });
    });

    it('makes a reservation pending again when its fence moves', async () => {
      const mine = aReservation(anEmail(), 3);
      await directory.reserve(mine);
      await directory.confirm(mine, at);
      expect(await directory.moveFence(mine, 5, later)).toBe(true);
      expect(await directory.find(mine.email)).toEqual({
        ...mine,
        fenceVersion: 5,
        reservedAt: later,
        confirmedAt: null,
      });
    });

    it('touches only the very reservation that is named', async () => {
      const mine = aReservation(anEmail(), 3);
      await directory.reserve(mine);
      const others = [
        { ...mine, fenceVersion: 2 },
        { ...mine, userId: aReservation().userId },
      ];
      for (const other of others) {
        await directory.confirm(other, at);
        await directory.release(other);
        await directory.abandon(other);
        expect(await directory.moveFence(other, 9, later)).toBe(false);
      }
      expect(await directory.find(mine.email)).toEqual({ ...mine, confirmedAt: null });
    });

    it('frees a released address and keeps the claim', async () => {
      const mine = aReservation();
      const claim = claimOn(mine);
      await directory.reserve(mine, claim);
      await directory.release(mine);
      expect(await directory.find(mine.email)).toBeUndefined();
      expect(await directory.findClaim(claim.key)).toEqual(claim);
    });

    it('frees an abandoned address and forgets the claim', async () => {
      const mine = aReservation();
      const claim = claimOn(mine);
      await directory.reserve(mine, claim);
      await directory.abandon(mine);
      expect(await directory.find(mine.email)).toBeUndefined();
      expect(await directory.findClaim(claim.key)).toBeUndefined();
    });

    it('lists what is pending from before a moment, and nothing that is confirmed', async () => {
      const [pending, confirmed] = [aReservation(), aReservation()];
      await directory.reserve(pending);
      await directory.reserve(confirmed);
      await directory.confirm(confirmed, at);
      const emails = (await directory.pending(later, 1_000)).map(({ email }) => email);
      expect(emails).toContain(pending.email);
      expect(emails).not.toContain(confirmed.email);
      expect((await directory.pending(at, 1_000)).map(({ email }) => email)).not.toContain(pending.email);
    });

    it('forgets claims from before a moment', async () => {
      const mine = aReservation();
      const claim = claimOn(mine);
      await directory.reserve(mine, claim);
      await directory.forgetClaims(at);
      expect(await directory.findClaim(claim.key)).toEqual(claim);
      await directory.forgetClaims(later);
      expect(await directory.findClaim(claim.key)).toBeUndefined();
    });

    it('forgets a user: every address and claim of theirs, and nobody else’s', async () => {
      const [first, others] = [aReservation(), aReservation()];
      const second = { ...aReservation(), userId: first.userId };
      const claim = claimOn(first);
      await directory.reserve(first, claim);
      await directory.reserve(second);
      await directory.reserve(others);
      expect(await directory.forget(first.userId)).toBe(3);
      expect(await directory.find(first.email)).toBeUndefined();
      expect(await directory.find(second.email)).toBeUndefined();
      expect(await directory.findClaim(claim.key)).toBeUndefined();
      expect(await directory.find(others.email)).toBeDefined();
      expect(await directory.forget(first.userId)).toBe(0);
    });
  });
