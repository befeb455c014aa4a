import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId, type InvitationId, type TenantId } from '@saas/kernel';
import { invitationErrors } from './invitation.errors.ts';

type Named = { readonly tenantId: TenantId; readonly invitationId: InvitationId };

/**
 * The text that opens the door, made of the invitation's name and a keyed hash of it. The same invitation always has the same
 * token, so that a repeated request is answered as the first was, and nothing secret has to be stored.
 */
export const invitationToken = ({ tenantId, invitationId }: Named, secret: string): string =>
  Buffer.from([tenantId, invitationId, macOf({ tenantId, invitationId }, secret)].join('.')).toString(
    'base64url',
  );

/**
 * Which invitation a token names. Only we can have made such a token.
 *
 * @throws {AppError} `INVITATION_INVALID` for any other text.
 */
export const parseInvitationToken = (raw: string, secret: string): Named => {
  const [tenantId, invitationId, mac = ''] = Buffer.from(raw.trim(), 'base64url').toString().split('.');
  if (isId('ten', tenantId) && isId('inv', invitationId)) {
    const named = { tenantId, invitationId };
    if (isEqual(mac, macOf(named, secret))) return named;
  }
  throw invitationErrors.INVITATION_INVALID({ field: 'invitationToken' });
};

const macOf = ({ tenantId, invitationId }: Named, secret: string): string =>
  createHmac('sha256', secret).update(`invitation:${tenantId}:${invitationId}`).digest('base64url');

const isEqual = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
