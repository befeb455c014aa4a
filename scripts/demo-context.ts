import type { AuthenticatedViewer } from '@saas/auth';
import type { Claim, EventMetadata } from '@saas/event-sourcing';
import { bucketOfId, newId, systemClock, type TenantId, type UserId } from '@saas/kernel';

/** Another content gets another version, so that nobody takes one for the other. */
export const DEMO_VERSION = 1;
export const DEMO_PASSWORD = 'demo-password';

export type DemoUser = { readonly userId: UserId; readonly name: string; readonly email: string };
export type DemoTenant = {
  readonly index: number;
  readonly tenantId: TenantId;
  /** The owner first. */
  readonly users: readonly DemoUser[];
};

export const demoMetadata: EventMetadata = { actor: 'demo', requestId: 'demo' };

/** Every step has a key of its own: a seeding that was cut off is taken up again and makes nothing twice. */
export const demoClaim = (key: string, scope = 'demo'): Claim => ({
  scope,
  key: `demo-${DEMO_VERSION}-${key}`,
  requestHash: `demo-${DEMO_VERSION}`,
});

export const demoViewer = (tenantId: TenantId, userId: UserId): AuthenticatedViewer => ({
  status: 'authenticated',
  userId,
  tenantId,
  role: 'OWNER',
  sessionId: newId('ses', bucketOfId(tenantId), systemClock),
});

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A clock that stood `daysAgo` days ago at some time of the day that `index` decides. */
export const demoClock = (daysAgo: number, index = 0) => {
  const now = systemClock.now().getTime() - daysAgo * DAY_MS - ((index * 997_331) % (DAY_MS / 2));
  return { now: () => new Date(now) };
};

/** Splits into groups of at most `size`. */
export const inGroupsOf = <Item>(size: number, items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, group) =>
    items.slice(group * size, (group + 1) * size),
  );
