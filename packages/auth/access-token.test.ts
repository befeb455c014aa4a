import { describe, expect, it } from '@jest/globals';
import { newId, newTenantId, testClock } from '@saas/kernel';
import { SignJWT } from 'jose';
import {
  generateSigningKey,
  keySetOf,
  localKeys,
  signAccessToken,
  signingKeyFromPem,
  verifyAccessToken,
  type AuthenticatedViewer,
} from './index.ts';

const clock = testClock();
const { key, privateKeyPem } = generateSigningKey();
const signer = { key, issuer: 'users', audience: 'supergraph', lifetimeSeconds: 900, clock };
const rules = { keys: localKeys(keySetOf([key])), issuer: 'users', audience: 'supergraph', clock };
const viewer: AuthenticatedViewer = {
  status: 'authenticated',
  userId: newId('usr', 3, clock),
  tenantId: newTenantId(clock),
  role: 'OWNER',
  sessionId: newId('ses', 3, clock),
};
const claims = { sub: viewer.userId, tenant: viewer.tenantId, role: viewer.role, sid: viewer.sessionId };
/** A genuinely signed token that differs from ours in one point. */
const odd = (header: object, payload: object = {}): Promise<string> =>
  new SignJWT({ iss: 'users', aud: 'supergraph', iat: now(), exp: now() + 900, ...claims, ...payload })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey);
const now = (): number => Math.floor(clock.now().getTime() / 1_000);

describe('an access token', () => {
  it('tells who its bearer is, and until when', async () => {
    const { token, expiresAtMs } = await signAccessToken(signer, viewer);
    expect(await verifyAccessToken(rules, token)).toEqual({ viewer, scopes: new Set(), expiresAtMs });
    expect(expiresAtMs).toBe(clock.now().getTime() + 900_000);
  });

  it('tells what its bearer was granted', async () => {
    const { scopes } = await verifyAccessToken(rules, await odd({}, { scope: 'reports:read  people:read' }));
    expect(scopes).toEqual(new Set(['reports:read', 'people:read']));
  });

  it('expires', async () => {
    const ticking = testClock();
    const { token } = await signAccessToken({ ...signer, clock: ticking }, viewer);
    ticking.advance(906_000);
    await expect(verifyAccessToken({ ...rules, clock: ticking }, token)).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });

  it.each([
    ['text that is none', async () => 'nonsense'],
    ['one that is far too long', async () => 'x'.repeat(5_000)],
    [
      'another key',
      async () => (await signAccessToken({ ...signer, key: generateSigningKey().key }, viewer)).token,
    ],
    ['another issuer', async () => (await signAccessToken({ ...signer, issuer: 'mallory' }, viewer)).token],
    [
      'another audience',
      async () => (await signAccessToken({ ...signer, audience: 'mallory' }, viewer)).token,
    ],
    ['another type of token', () => odd({ typ: 'JWT' })],
    ['one that does not name its key', () => odd({ kid: undefined })],
    ['one without an end', () => odd({}, { exp: undefined })],
    ['a subject that is no user', () => odd({}, { sub: 'prj_x' })],
    ['scopes that are no text', () => odd({}, { scope: ['all'] })],
    ['a role that does not exist', () => odd({}, { role: 'ROOT' })],
    [
      'the algorithm HS256 under the public key',
      () =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })
          .sign(Buffer.from(key.publicJwk.x ?? '')),
    ],
    [
      'the algorithm none',
      async () => {
        const [, payload] = (await signAccessToken(signer, viewer)).token.split('.');
        return `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
      },
    ],
  ])('is refused for %s', async (_, make) => {
    await expect(verifyAccessToken(rules, await make())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('blames the keys, not the token, when they cannot be had', async () => {
    const { token } = await signAccessToken(signer, viewer);
    const keys = async () => {
      throw new TypeError('fetch failed');
    };
    await expect(verifyAccessToken({ ...rules, keys }, token)).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
    });
  });
});

describe('a signing key', () => {
  it('comes back from its PEM under the same name', () => {
    expect(signingKeyFromPem(privateKeyPem)).toMatchObject({ kid: key.kid, publicJwk: key.publicJwk });
  });

  it('publishes its public half only', () => {
    expect(Object.keys(keySetOf([key]).keys[0] ?? {}).sort()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
    ]);
  });

  it('is refused when it is no Ed25519 key, without quoting it', () => {
    expect(() => signingKeyFromPem('-----BEGIN nothing')).toThrow(
      expect.objectContaining({
        code: 'SIGNING_KEY_UNUSABLE',
        message: expect.not.stringContaining('nothing'),
      }),
    );
  });
});
