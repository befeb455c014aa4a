import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newId, newTenantId, testClock } from '@saas/kernel';
import fc from 'fast-check';
import { anonymous, signIdentity, verifyIdentity, type Viewer } from './index.ts';

const clock = testClock();
const key = 'a-key-of-the-users-service-0123456789';
const channel = { key, audience: 'users', clock };
const viewer: Viewer = {
  status: 'authenticated',
  userId: newId('usr', 3, clock),
  tenantId: newTenantId(clock),
  role: 'ADMIN',
  sessionId: newId('ses', 3, clock),
};
const refused = expect.objectContaining({ code: 'CALLER_UNKNOWN' });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'HS256', typ: 'identity+jwt' };
const now = Math.floor(clock.now().getTime() / 1_000);
const claims = { iss: 'gateway', aud: 'users', iat: now, exp: now + 30 };
/** A token with a genuine signature over whatever it is given. */
const forged = (head: object, payload: object): string => {
  const signed = `${encode(head)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};

describe('an identity token', () => {
  it.each([
    ['a signed-in viewer', viewer],
    ['nobody', anonymous],
  ])('tells the service of %s', (_, each) => {
    expect(verifyIdentity(channel, signIdentity(channel, each))).toEqual(each);
  });

  it('is refused once any of its characters is another', () => {
    const token = signIdentity(channel, viewer);
    const character = fc.constantFrom(...'ABCXYZabcxyz0189-_.=+/ '.split(''));
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), character, (at, other) => {
        fc.pre(token[at] !== other);
        const tampered = token.slice(0, at) + other + token.slice(at + 1);
        expect(() => verifyIdentity(channel, tampered)).toThrow(refused);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused for any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (text) => {
        expect(() => verifyIdentity(channel, text)).toThrow(refused);
      }),
    );
  });

  it.each([
    ['by another key', signIdentity({ ...channel, key: 'another-key-0123456789abcdefghij' }, viewer)],
    ['for another service', signIdentity({ ...channel, audience: 'projects' }, viewer)],
    ['under the algorithm none', `${encode({ alg: 'none' })}.${encode(claims)}.`],
    ['as another type', forged({ ...header, typ: 'at+jwt' }, claims)],
    ['with another header', forged({ ...header, kid: 'x' }, claims)],
    ['by another issuer', forged(header, { ...claims, iss: 'users' })],
    ['for several services', forged(header, { ...claims, aud: ['users', 'projects'] })],
    ['without an end', forged(header, { ...claims, exp: undefined })],
    ['for longer than we ever sign', forged(header, { ...claims, exp: now + 3_600 })],
    ['with half a viewer', forged(header, { ...claims, sub: newId('usr', 3, clock) })],
    ['with a malformed viewer', forged(header, { ...claims, sub: 'x', tenant: 'x', role: 'ROOT', sid: 'x' })],
    ['with a fourth part', `${signIdentity(channel, viewer)}.x`],
  ])('is refused when signed %s', (_, token) => {
    expect(() => verifyIdentity(channel, token)).toThrow(refused);
  });

  it('is refused when there is none', () => {
    expect(() => verifyIdentity(channel, undefined)).toThrow(refused);
  });

  it('is accepted for 30 s, and 5 s more for clocks that differ', () => {
    const ticking = testClock();
    const ticked = { ...channel, clock: ticking };
    const token = signIdentity(ticked, viewer);
    ticking.advance(34_999);
    expect(verifyIdentity(ticked, token)).toEqual(viewer);
    ticking.advance(1);
    expect(() => verifyIdentity(ticked, token)).toThrow(refused);
  });
});
