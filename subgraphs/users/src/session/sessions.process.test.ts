import { describe, expect, it } from '@jest/globals';
import { memoryRevokedSessions, type AuthenticatedViewer } from '@saas/auth';
import { memoryEventStore } from '@saas/event-sourcing';
import { testClock } from '@saas/kernel';
import { offeredPassword, parseEmail, parsePassword, parsePersonName } from '../account/account.values.ts';
import { accounts } from '../account/accounts.process.ts';
import { plainPasswords } from '../account/passwords.memory.ts';
import { memoryEmailDirectory } from '../directory/email-directory.memory.ts';
import { settlement } from '../directory/settlement.process.ts';
import { registration } from '../registration/registration.process.ts';
import { parseTenantName } from '../tenant/tenant.values.ts';
import { parseRefreshToken, refreshTokenText } from './refresh-token.values.ts';
import { sessions } from './sessions.process.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const email = parseEmail('ada@example.com');
const password = parsePassword('correct horse');

const world = async () => {
  const clock = testClock();
  const store = memoryEventStore(clock);
  const directory = memoryEmailDirectory();
  const revokedSessions = memoryRevokedSessions(clock);
  const shared = { store, directory, clock, passwords: plainPasswords() };
  const parts = { ...shared, settlement: settlement(shared) };
  const viewers: AuthenticatedViewer[] = [];
  const { login, trade, end } = sessions({
    ...parts,
    revokedSessions,
    accessTokenMs: 900_000,
    idleMsMax: 30 * DAY_MS,
    signAccess: async (viewer) => {
      viewers.push(viewer);
      return { token: `access-${viewers.length}`, expiresAtMs: clock.now().getTime() + 900_000 };
    },
  });
  const { revokeSessions, deactivate, changePassword } = accounts({
    ...parts,
    findOtherOwner: async () => undefined,
    denySessions: async () => undefined,
  });
  await registration(parts)({
    name: parsePersonName('Ada'),
    email,
    password,
    place: { type: 'found', tenantName: parseTenantName('Engines') },
    requestId: 'request',
  });
  const signIn = async () => {
    const { refreshToken } = await login(email, password, 'request');
    const viewer = viewers.at(-1);
    if (!viewer) throw new Error('Nobody signed in.');
    return { refreshToken, viewer, asked: { viewer, requestId: 'request' } };
  };
  const refresh = (token: string) => trade(parseRefreshToken(token), 'request');
  return {
    clock,
    store,
    revokedSessions,
    login,
    refresh,
    end,
    signIn,
    revokeSessions,
    deactivate,
    changePassword,
  };
};

describe('signing in', () => {
  it('answers with tokens and the user', async () => {
    const { login } = await world();
    const answer = await login(parseEmail('ADA@example.com'), password, 'request');
    expect(answer).toMatchObject({
      accessToken: 'access-1',
      account: { email },
      accessTokenExpiresAt: '2026-01-01T00:15:00.000Z',
    });
  });

  it.each([
    ['a wrong password', email, offeredPassword('wrong password')],
    ['an unknown address', parseEmail('eve@example.com'), password],
    ['an impossible address', undefined, password],
  ])('fails in the same way for %s', async (_, who, offered) => {
    const { login } = await world();
    await expect(login(who, offered, 'request')).rejects.toMatchObject({
      code: 'CREDENTIALS_INVALID',
      fields: {},
    });
  });
});

describe('a refresh token', () => {
  it('is traded for its successor', async () => {
    const { signIn, refresh } = await world();
    const { refreshToken } = await signIn();
    const next = await refresh(refreshToken);
    expect(next.refreshToken).not.toBe(refreshToken);
    await expect(refresh(next.refreshToken)).resolves.toMatchObject({ account: { email } });
  });

  it('ends the whole session when it comes back', async () => {
    const { signIn, refresh, revokedSessions, store } = await world();
    const { refreshToken, viewer } = await signIn();
    const next = await refresh(refreshToken);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    await expect(refresh(next.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    expect(await revokedSessions.isRevoked(viewer.sessionId)).toBe(true);
    expect(store.outbox.at(-1)).toMatchObject({
      routingKey: 'user.sessions_revoked',
      body: { userId: viewer.userId },
    });
  });

  it('is traded by at most one of many at once', async () => {
    const { signIn, refresh } = await world();
    const { refreshToken } = await signIn();
    const race = await Promise.allSettled(Array.from({ length: 8 }, () => refresh(refreshToken)));
    expect(race.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('that was made up ends nothing', async () => {
    const { signIn, refresh } = await world();
    const { refreshToken } = await signIn();
    const { refreshToken: second } = await refresh(refreshToken);
    const forged = refreshTokenText(parseRefreshToken(refreshToken), Buffer.alloc(32));
    await expect(refresh(forged)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
    await expect(refresh(second)).resolves.toMatchObject({ account: { email } });
  });

  it('lasts thirty days unused, and no session more than ninety', async () => {
    const { signIn, refresh, clock } = await world();
    const { refreshToken: unused } = await signIn();
    let { refreshToken } = await signIn();
    for (let month = 1; month <= 3; month += 1) {
      clock.advance(29 * DAY_MS);
      ({ refreshToken } = await refresh(refreshToken));
    }
    clock.advance(3 * DAY_MS);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
    await expect(refresh(unused)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  it('works beyond the snapshots of a long session, and is still known when it comes back', async () => {
    const { signIn, refresh } = await world();
    const { refreshToken: first } = await signIn();
    let refreshToken = first;
    for (let count = 0; count < 120; count += 1) ({ refreshToken } = await refresh(refreshToken));
    await expect(refresh(first)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('is worth nothing after signing out, which may be done twice', async () => {
    const { signIn, refresh, end, revokedSessions } = await world();
    const { refreshToken, viewer } = await signIn();
    await end(viewer, 'request');
    await end(viewer, 'request');
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    expect(await revokedSessions.isRevoked(viewer.sessionId)).toBe(true);
  });

  it('is worth nothing after signing out everywhere', async () => {
    const { signIn, refresh, revokeSessions } = await world();
    const [one, two] = [await signIn(), await signIn()];
    await revokeSessions(one.asked);
    for (const { refreshToken } of [one, two]) {
      await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    }
    await expect(signIn().then(({ refreshToken }) => refresh(refreshToken))).resolves.toMatchObject({
      account: { email },
    });
  });

  it('outlives a new password in the session that set it, and in no other', async () => {
    const { signIn, refresh, changePassword } = await world();
    const [one, two] = [await signIn(), await signIn()];
    await changePassword(one.asked, { current: password, next: parsePassword('battery staple') });
    await expect(refresh(one.refreshToken)).resolves.toMatchObject({ account: { email } });
    await expect(refresh(two.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it.each(['', 'x', 'a.b.c', Buffer.from('ten_1.ses_1.1.x').toString('base64url'), 'x'.repeat(10_000)])(
    'cannot be %j',
    (text) => {
      expect(() => parseRefreshToken(text)).toThrow(
        expect.objectContaining({ code: 'REFRESH_TOKEN_MALFORMED' }),
      );
    },
  );
});
