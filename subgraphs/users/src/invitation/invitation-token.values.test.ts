import { expect, it } from '@jest/globals';
import { bucketOfId, newId, newTenantId, systemClock } from '@saas/kernel';
import { invitationToken, parseInvitationToken } from './invitation-token.values.ts';

const secret = 'a secret of the service';
const anInvitation = () => {
  const tenantId = newTenantId(systemClock);
  return { tenantId, invitationId: newId('inv', bucketOfId(tenantId), systemClock) };
};
const refused = expect.objectContaining({ code: 'INVITATION_INVALID' });

it('is the same for the same invitation, and leads back to it', () => {
  const named = anInvitation();
  expect(invitationToken(named, secret)).toBe(invitationToken(named, secret));
  expect(parseInvitationToken(invitationToken(named, secret), secret)).toEqual(named);
});

it('cannot be made without the secret', () => {
  const forged = invitationToken(anInvitation(), 'another secret');
  expect(() => parseInvitationToken(forged, secret)).toThrow(refused);
});

it("cannot be carried to another tenant's invitation", () => {
  const [mine, other] = [anInvitation(), anInvitation()];
  const [, , mac] = Buffer.from(invitationToken(mine, secret), 'base64url').toString().split('.');
  const forged = Buffer.from([other.tenantId, mine.invitationId, mac].join('.')).toString('base64url');
  expect(() => parseInvitationToken(forged, secret)).toThrow(refused);
});

it.each(['', 'x', 'ten_1.inv_1.mac', '\u0000', 'é'.repeat(100)])('is not %j', (raw) => {
  expect(() => parseInvitationToken(raw, secret)).toThrow(refused);
});
