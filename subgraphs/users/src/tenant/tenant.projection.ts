import type { Prisma } from '@saas/prisma-users';
import type { ReadModel } from '@saas/postgres';
import type { RecordedEvent } from '@saas/event-sourcing';
import type { TenantEvent } from './tenant.events.ts';

/** Keeps the tenants. */
export const tenantsProjection: ReadModel<Prisma.TransactionClient> = {
  name: 'tenants-1',
  tables: ['tenants'],
  async apply(events, tx) {
    const rows = events
      .filter(isTenantEvent)
      .map(({ data: { tenantId, name, at } }) => ({ tenantId, name, createdAt: at }));
    if (rows.length > 0) await tx.tenant.createMany({ data: rows });
  },
};

const isTenantEvent = (event: RecordedEvent): event is RecordedEvent<TenantEvent> =>
  event.type === 'TenantWasCreated';
