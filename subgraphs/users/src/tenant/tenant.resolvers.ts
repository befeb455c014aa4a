import { isId } from '@saas/kernel';
import type { UsersContext } from '../users.context.ts';
import type { KnownTenant } from './tenant.decider.ts';
import type { TenantRow } from './tenant.queries.ts';

export const tenantResolvers = {
  Query: {
    tenant: (_: unknown, __: unknown, { viewer, tenantById }: UsersContext) =>
      viewer.status === 'anonymous' ? null : tenantById.load(viewer.tenantId),
  },

  Tenant: {
    /** Nobody sees any tenant but their own. */
    __resolveReference: ({ id }: { readonly id: string }, { viewer, tenantById }: UsersContext) =>
      isId('ten', id) && viewer.status === 'authenticated' && viewer.tenantId === id
        ? tenantById.load(id)
        : null,
  },
};

/** Shows a tenant as it was decided. */
export const tenantOf = ({ tenantId, name, createdAt }: KnownTenant): TenantRow => ({
  id: tenantId,
  name,
  createdAt,
});
