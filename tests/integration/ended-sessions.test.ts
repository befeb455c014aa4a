import { afterEach, expect, it } from '@jest/globals';
import { memoryRevokedSessions, type AuthenticatedViewer } from '@saas/auth';
import { systemClock, type Clock, type SessionId } from '@saas/kernel';
import { parseEmail, parsePassword, type RunningUsers } from '@saas/users';
import { openDatabase } from '../support/stack.ts';
import { founder, startUsersFor } from '../support/users-service.ts';

const PASSWORD = parsePassword('correct horse');
const HOUR_MS = 60 * 60 * 1_000;

const running: RunningUsers[] = [];
const stopAll = async () => {
  for (const users of running.splice(0)) await users.stop();
};
afterEach(stopAll);

/** The service over the databases, with a memory of ended sessions that is new. */
const restart = async (
  shards: Awaited<ReturnType<typeof openDatabase>>['shards'],
  clock: Clock = systemClock,
) => {
  await stopAll();
  const revokedSessions = memoryRevokedSessions();
  const users = await startUsersFor(shards, { revokedSessions, clock });
  running.push(users);
  return { users, revokedSessions };
};

const signIn = async ({ services }: RunningUsers, email: string): Promise<AuthenticatedViewer> => {
  const { accessToken, account } = await services.sessions.login(parseEmail(email), PASSWORD, 'request-1');
  const [, claims = ''] = accessToken.split('.');
  const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly sid: SessionId };
  const { userId, tenantId, role } = account;
  return { status: 'authenticated', userId, tenantId, role, sessionId: sid };
};

it('sessions that ended lately are known as ended after a restart, and no others', async () => {
  const { shards } = await openDatabase('users');
  const anHourAgo = { now: () => new Date(Date.now() - HOUR_MS) };
  const { users: earlier } = await restart(shards, anHourAgo);
  await earlier.services.register(founder('long-ago@example.com'));
  const longAgo = await signIn(earlier, 'long-ago@example.com');
  await earlier.services.sessions.end(longAgo, 'request-1');

  const { users: before } = await restart(shards);
  const { register, sessions, accounts } = before.services;
  for (const name of ['left', 'moved', 'changed', 'alive']) await register(founder(`${name}@example.com`));
  const left = await signIn(before, 'left@example.com');
  const moved = await signIn(before, 'moved@example.com');
  const changed = await signIn(before, 'changed@example.com');
  const kept = await signIn(before, 'changed@example.com');
  const alive = await signIn(before, 'alive@example.com');
  await sessions.end(left, 'request-1');
  await accounts.revokeSessions({ viewer: moved, requestId: 'request-1' });
  const change = { current: PASSWORD, next: parsePassword('battery staple') };
  await accounts.changePassword({ viewer: kept, requestId: 'request-1' }, change);

  const { revokedSessions } = await restart(shards);
  const isEnded = (viewer: AuthenticatedViewer) => revokedSessions.isRevoked(viewer.sessionId);
  expect(await Promise.all([left, moved, changed].map(isEnded))).toEqual([true, true, true]);
  expect(await Promise.all([kept, alive, longAgo].map(isEnded))).toEqual([false, false, false]);
});
