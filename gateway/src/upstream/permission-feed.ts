import type { PermissionChange, PermissionChanges } from '@saas/auth';
import { defineMetrics, type Meter } from '@saas/kernel';
import type { HealthSource } from '@saas/telemetry';
import type { FallbackStore } from './fallback-store.ts';

/** What the gateway hears of changed rights. */
export const permissionFeedMetrics = defineMetrics({
  permission_feed_live: {
    kind: 'gauge',
    help: '1 while every change of rights is heard within half a second, else 0: then nobody is answered with what was kept for them.',
    labels: [],
  },
  permission_changes_heard_total: {
    kind: 'counter',
    help: 'Changes of rights that were heard and led to forgetting, by whom they are about: users, tenant, everybody (some may have been missed).',
    labels: ['about'],
  },
});

/**
 * Nothing is kept for so long after a change, for those it is about: a replica that services read from may lag behind by a second,
 * and what it answers meanwhile is what was before.
 */
const SETTLE_MS = 1_500;

type Options = {
  readonly changes: PermissionChanges;
  /** What is kept for people; undefined where nothing is. */
  readonly store: Pick<FallbackStore, 'forgetViewer' | 'forgetTenant' | 'forgetEverybody'> | undefined;
  readonly meter: Meter;
};

export type PermissionFeed = {
  /** Degraded while changes may be missed: requests are served, failures of subgraphs are no longer covered up. */
  readonly health: HealthSource;
  close(): void;
};

/** Forgets what was kept for people as soon as it is heard that they may see something else. */
export const permissionFeed = ({ changes, store, meter }: Options): PermissionFeed => {
  const count = meter.counter(permissionFeedMetrics.permission_changes_heard_total);
  for (const about of ['users', 'tenant', 'everybody'] as const) count({ about }, 0);
  meter.gauge(permissionFeedMetrics.permission_feed_live, () => [
    { labels: {}, value: changes.isLive() ? 1 : 0 },
  ]);
  const onChange = ({ tenantId, userIds }: PermissionChange): void => {
    count({ about: userIds === 'all' ? 'tenant' : 'users' });
    if (userIds === 'all') store?.forgetTenant(tenantId, SETTLE_MS);
    else for (const userId of userIds) store?.forgetViewer({ tenantId, userId }, SETTLE_MS);
  };
  const onGap = (): void => {
    count({ about: 'everybody' });
    store?.forgetEverybody(SETTLE_MS);
  };
  const close = changes.subscribe({ onChange, onGap });
  return { close, health: healthOf(changes) };
};

/** Name of the check in `/health`. */
export const PERMISSIONS_CHECK = 'permission changes';

const healthOf = (changes: PermissionChanges): HealthSource => ({
  name: PERMISSIONS_CHECK,
  isCritical: false,
  check: async () => ({ status: changes.isLive() ? 'up' : 'degraded' }),
});
