import type { SessionId, TenantId, UserId } from '@saas/kernel';
import { authErrors } from './auth.errors.ts';

/** What a user may do in their tenant; OWNER may everything. */
export type TenantRole = 'OWNER' | 'ADMIN' | 'MEMBER';

/** On whose behalf a request is made. Every query and every command is answered as somebody. */
export type Viewer = { readonly status: 'anonymous' } | AuthenticatedViewer;

/** A user of a tenant, through one of their sessions. */
export type AuthenticatedViewer = {
  readonly status: 'authenticated';
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly role: TenantRole;
  readonly sessionId: SessionId;
};

/** Nobody in particular. */
export const anonymous: Viewer = Object.freeze({ status: 'anonymous' });

/** @throws {AppError} `UNAUTHENTICATED` when nobody is signed in. */
export const requireViewer = (viewer: Viewer): AuthenticatedViewer => {
  if (viewer.status === 'authenticated') return viewer;
  throw authErrors.UNAUTHENTICATED();
};

/** @throws {AppError} `UNAUTHENTICATED` when nobody is signed in, `FORBIDDEN` when their role is none of `roles`. */
export const requireRole = (viewer: Viewer, ...roles: readonly TenantRole[]): AuthenticatedViewer => {
  const authenticated = requireViewer(viewer);
  if (roles.includes(authenticated.role)) return authenticated;
  throw authErrors.FORBIDDEN();
};

/** Whether stored or received text is one of the roles. */
export const isTenantRole = (raw: unknown): raw is TenantRole =>
  raw === 'OWNER' || raw === 'ADMIN' || raw === 'MEMBER';
