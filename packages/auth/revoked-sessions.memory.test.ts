import { expect, it } from '@jest/globals';
import { describeRevokedSessionsContract } from '@saas/auth/testing';
import { newId, testClock } from '@saas/kernel';
import { memoryRevokedSessions } from './index.ts';

describeRevokedSessionsContract('memoryRevokedSessions', async () => {
  const clock = testClock();
  return {
    revokedSessions: memoryRevokedSessions(clock),
    nowMs: () => clock.now().getTime(),
    elapse: async (milliseconds) => clock.advance(milliseconds),
  };
});

it('forgets the oldest revocation, and only that, when it is full', async () => {
  const clock = testClock();
  const revokedSessions = memoryRevokedSessions(clock, 2);
  const [first, second, third] = [
    newId('ses', 1, clock),
    newId('ses', 1, clock),
    newId('ses', 1, clock),
  ] as const;
  const untilMs = clock.now().getTime() + 1_000;
  for (const id of [first, second, third]) await revokedSessions.revoke(id, untilMs);
  expect(await revokedSessions.isRevoked(first)).toBe(false);
  expect(await revokedSessions.isRevoked(second)).toBe(true);
  expect(await revokedSessions.isRevoked(third)).toBe(true);
});
