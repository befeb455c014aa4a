import { isId } from '@saas/kernel';
import { isTenantRole, type AuthenticatedViewer } from './viewer.ts';

/** How a viewer is written in our tokens. */
export type ViewerClaims = {
  readonly sub: string;
  readonly tenant: string;
  readonly role: string;
  readonly sid: string;
};

/** The claims that {@link viewerOf} reads back. */
export const claimsOf = ({ userId, tenantId, role, sessionId }: AuthenticatedViewer): ViewerClaims => ({
  sub: userId,
  tenant: tenantId,
  role,
  sid: sessionId,
});

/** The viewer that verified claims speak of, or undefined when any claim is missing or malformed. */
export const viewerOf = ({
  sub,
  tenant,
  role,
  sid,
}: Readonly<Record<string, unknown>>): AuthenticatedViewer | undefined =>
  isId('usr', sub) && isId('ten', tenant) && isTenantRole(role) && isId('ses', sid)
    ? { status: 'authenticated', userId: sub, tenantId: tenant, role, sessionId: sid }
    : undefined;
