import type { Announcement } from '@saas/event-sourcing';
import type { TenantEvent } from './tenant.events.ts';

/** What others hear of a tenant. */
export const announceTenant = ({ data: { tenantId, name, at } }: TenantEvent): readonly Announcement[] => [
  { topic: 'user_events', routingKey: 'tenant.created', body: { tenantId, name, at } },
];
