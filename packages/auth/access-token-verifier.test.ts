import { describe, expect, it, jest } from '@jest/globals';
import { newId, newTenantId, testClock } from '@saas/kernel';
import {
  accessTokenVerifier,
  bearerToken,
  generateSigningKey,
  keySetOf,
  localKeys,
  memoryPermissionChanges,
  memoryRevokedSessions,
  signAccessToken,
  type AuthenticatedViewer,
} from './index.ts';

const setUp = (lifetimeSeconds = 900) => {
  const clock = testClock();
  const { key } = generateSigningKey();
  const viewer: AuthenticatedViewer = {
    status: 'authenticated',
    userId: newId('usr', 3, clock),
    tenantId: newTenantId(clock),
    role: 'OWNER',
    sessionId: newId('ses', 3, clock),
  };
  const keys = jest.fn(localKeys(keySetOf([key])));
  const revokedSessions = memoryRevokedSessions(clock);
  const permissionChanges = memoryPermissionChanges();
  const verify = accessTokenVerifier({
    permissionChanges,
    keys,
    issuer: 'users',
    audience: 'supergraph',
    clock,
    revokedSessions,
  });
  const sign = async () =>
    (await signAccessToken({ key, issuer: 'users', audience: 'supergraph', lifetimeSeconds, clock }, viewer))
      .token;
  return { clock, viewer, keys, revokedSessions, permissionChanges, verify, sign };
};

describe('the verifier of access tokens', () => {
  it('checks a good token once a minute', async () => {
    const { clock, keys, verify, sign } = setUp();
    const token = await sign();
    await verify(token);
    clock.advance(59_999);
    await verify(token);
    expect(keys).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await verify(token);
    expect(keys).toHaveBeenCalledTimes(2);
  });

  it('checks a token once when it arrives many times at once', async () => {
    const { keys, verify, sign } = setUp();
    const token = await sign();
    await Promise.all([verify(token), verify(token), verify(token)]);
    expect(keys).toHaveBeenCalledTimes(1);
  });

  it('checks a token anew when the rights of its user have changed, or those of the whole tenant', async () => {
    const { clock, viewer, keys, permissionChanges, verify, sign } = setUp();
    const { tenantId, userId } = viewer;
    const token = await sign();
    const checks = async (): Promise<number> => {
      clock.advance(1);
      await verify(token);
      return keys.mock.calls.length;
    };
    expect([await checks(), await checks()]).toEqual([1, 1]);
    await permissionChanges.publish({ tenantId, userIds: [userId] });
    expect([await checks(), await checks()]).toEqual([2, 2]);
    await permissionChanges.publish({ tenantId, userIds: 'all' });
    expect([await checks(), await checks()]).toEqual([3, 3]);
    await permissionChanges.publish({ tenantId, userIds: [newId('usr', 3, clock)] });
    await permissionChanges.publish({ tenantId: newTenantId(clock), userIds: 'all' });
    expect(await checks()).toBe(3);
  });

  it('never remembers a token beyond its end', async () => {
    const { clock, verify, sign } = setUp(10);
    const token = await sign();
    await verify(token);
    clock.advance(15_000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('refuses the same bad token for 5 s without checking it again', async () => {
    const { clock, keys, verify, sign } = setUp();
    const bad = `${await sign()}A`;
    await expect(verify(bad)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(verify(bad)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(keys).toHaveBeenCalledTimes(1);
    clock.advance(5_000);
    await expect(verify(bad)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(keys).toHaveBeenCalledTimes(2);
  });

  it('tries again at once when the keys could not be had', async () => {
    const { keys, verify, sign, viewer } = setUp();
    const token = await sign();
    keys.mockRejectedValueOnce(new TypeError('fetch failed'));
    await expect(verify(token)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    expect(await verify(token)).toMatchObject({ viewer });
  });

  it('refuses a remembered token as soon as its session is revoked', async () => {
    const { clock, verify, sign, revokedSessions, viewer } = setUp();
    const token = await sign();
    await verify(token);
    await revokedSessions.revoke(viewer.sessionId, clock.now().getTime() + 900_000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });
});

describe('an Authorization header', () => {
  it('gives its bearer token', () => {
    expect(bearerToken('Bearer a.b.c')).toBe('a.b.c');
    expect(bearerToken('bearer a.b.c')).toBe('a.b.c');
  });

  it('may be absent', () => {
    expect(bearerToken(undefined)).toBeUndefined();
  });

  it.each(['', 'Bearer', 'Bearer  ', 'Basic dTpw', 'Bearer a b'])('is refused when it is %j', (header) => {
    expect(() => bearerToken(header)).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }));
  });
});
