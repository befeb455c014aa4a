import type { TenantId, UserId } from '@saas/kernel';
import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { TenantName } from './tenant.values.ts';

/** The permanent record of a tenant. Fields are added as optional, never renamed, never removed. */
export type TenantEvent = DomainEvent<
  'TenantWasCreated',
  { tenantId: TenantId; name: TenantName; foundedBy: UserId; at: string }
>;

/** The forms in which these events are stored. */
export const tenantEvents = declareEvents<TenantEvent>({
  TenantWasCreated: {},
});
