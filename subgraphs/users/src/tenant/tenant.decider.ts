import type { TenantId, UserId } from '@saas/kernel';
import type { Decider, StreamId } from '@saas/event-sourcing';
import { tenantErrors } from './tenant.errors.ts';
import type { TenantEvent } from './tenant.events.ts';
import type { TenantName } from './tenant.values.ts';

export type KnownTenant = {
  readonly status: 'active';
  readonly tenantId: TenantId;
  readonly name: TenantName;
  readonly createdAt: string;
};

export type Tenant = { readonly status: 'absent' } | KnownTenant;

export type TenantCommand = {
  readonly type: 'CreateTenant';
  readonly tenantId: TenantId;
  readonly name: TenantName;
  readonly foundedBy: UserId;
  readonly at: string;
};

/** The stream in which a tenant is recorded. */
export const tenantStream = (tenantId: TenantId): StreamId => `tenant-${tenantId}`;

/** The rules of a tenant. */
export const tenant: Decider<Tenant, TenantCommand, TenantEvent> = {
  initialState: { status: 'absent' },
  evolve: (_, { data: { tenantId, name, at } }) => ({ status: 'active', tenantId, name, createdAt: at }),
  decide: ({ tenantId, name, foundedBy, at }, state) => {
    if (state.status !== 'absent') throw tenantErrors.TENANT_EXISTS();
    return [{ type: 'TenantWasCreated', data: { tenantId, name, foundedBy, at } }];
  },
};
