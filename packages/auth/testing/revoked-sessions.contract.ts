import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId, systemClock, type SessionId } from '@saas/kernel';
import type { RevokedSessions } from '../revoked-sessions.port.ts';

/** An adapter that nobody else uses, and its time. */
export type RevokedSessionsUnderTest = {
  readonly revokedSessions: RevokedSessions;
  /** The time by which the adapter expires its entries, Unix milliseconds. */
  readonly nowMs: () => number;
  /** Lets that much of the adapter's time pass. */
  readonly elapse: (milliseconds: number) => Promise<void>;
};

const LIFETIME_MS = 60_000;
const BRIEFLY_MS = 40;

/** The promises of the RevokedSessions port. Call it once per adapter. */
export const describeRevokedSessionsContract = (
  adapter: string,
  open: () => Promise<RevokedSessionsUnderTest>,
) =>
  describe(`${adapter} keeps the RevokedSessions contract`, () => {
    let under: RevokedSessionsUnderTest;
    let sessionId: SessionId;
    beforeEach(async () => {
      under = await open();
      sessionId = newId('ses', 7, systemClock);
    });

    it('knows a revoked session, and no other', async () => {
      await under.revokedSessions.revoke(sessionId, under.nowMs() + LIFETIME_MS);
      expect(await under.revokedSessions.isRevoked(sessionId)).toBe(true);
      expect(await under.revokedSessions.isRevoked(newId('ses', 7, systemClock))).toBe(false);
    });

    it('forgets a session when its last access token has expired', async () => {
      await under.revokedSessions.revoke(sessionId, under.nowMs() + BRIEFLY_MS);
      await under.elapse(BRIEFLY_MS * 2);
      expect(await under.revokedSessions.isRevoked(sessionId)).toBe(false);
    });

    it('lets a later end extend a revocation', async () => {
      await under.revokedSessions.revoke(sessionId, under.nowMs() + BRIEFLY_MS);
      await under.revokedSessions.revoke(sessionId, under.nowMs() + LIFETIME_MS);
      await under.elapse(BRIEFLY_MS * 2);
      expect(await under.revokedSessions.isRevoked(sessionId)).toBe(true);
    });

    it('never lets an earlier end shorten one', async () => {
      await under.revokedSessions.revoke(sessionId, under.nowMs() + LIFETIME_MS);
      await under.revokedSessions.revoke(sessionId, under.nowMs() + BRIEFLY_MS);
      await under.elapse(BRIEFLY_MS * 2);
      expect(await under.revokedSessions.isRevoked(sessionId)).toBe(true);
    });

    it('ignores a revocation whose time has passed', async () => {
      await under.revokedSessions.revoke(sessionId, under.nowMs() - 1);
      expect(await under.revokedSessions.isRevoked(sessionId)).toBe(false);
    });
  });
