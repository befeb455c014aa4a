import { systemClock, type Clock, type SessionId } from '@saas/kernel';
import type { RevokedSessions } from './revoked-sessions.port.ts';

const SIZE_MAX = 100_000;

/**
 * Revocations of one process. Holds at most 100,000; beyond that the oldest give way, which are the ones to expire
 * soonest when all access tokens live equally long.
 */
export const memoryRevokedSessions = (clock: Clock = systemClock, sizeMax = SIZE_MAX): RevokedSessions => {
  const untilBySession = new Map<SessionId, number>();
  const nowMs = (): number => clock.now().getTime();
  const makeRoom = (): void => {
    if (untilBySession.size < sizeMax) return;
    for (const [sessionId, untilMs] of untilBySession) {
      if (untilMs <= nowMs()) untilBySession.delete(sessionId);
    }
    const [oldest] = untilBySession.keys();
    if (untilBySession.size >= sizeMax && oldest !== undefined) untilBySession.delete(oldest);
  };

  return {
    async revoke(sessionId, untilMs) {
      if (untilMs <= Math.max(nowMs(), untilBySession.get(sessionId) ?? 0)) return;
      // Deleted first so that it moves to the end, and counts once when room is made.
      untilBySession.delete(sessionId);
      makeRoom();
      untilBySession.set(sessionId, untilMs);
    },
    async isRevoked(sessionId) {
      const untilMs = untilBySession.get(sessionId);
      if (untilMs === undefined) return false;
      if (untilMs > nowMs()) return true;
      untilBySession.delete(sessionId);
      return false;
    },
  };
};
