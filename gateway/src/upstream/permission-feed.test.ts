import { describe, expect, it } from '@jest/globals';
import { memoryPermissionChanges, type PermissionListener } from '@saas/auth';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { prometheusMeter } from '@saas/telemetry';
import { permissionFeed } from './permission-feed.ts';

const tenantId = newTenantId(systemClock);
const [ada, ben] = [newId('usr', 7, systemClock), newId('usr', 7, systemClock)];

/** A feed, and what it let be forgotten. */
const world = (changes = memoryPermissionChanges()) => {
  const forgotten: string[] = [];
  const meter = prometheusMeter({ service: 'gateway' });
  const feed = permissionFeed({
    changes,
    meter,
    store: {
      forgetViewer: (viewer, ms) => void forgotten.push(`${viewer.tenantId} ${viewer.userId} ${ms}`),
      forgetTenant: (id, ms) => void forgotten.push(`${id} ${ms}`),
      forgetEverybody: (ms) => void forgotten.push(`everybody ${ms}`),
    },
  });
  return { changes, feed, forgotten, page: async () => (await meter.page()).body };
};

describe('the feed of permission changes', () => {
  it('forgets each user that a change names, before the publisher goes on', async () => {
    const { changes, forgotten } = world();
    await changes.publish({ tenantId, userIds: [ada, ben] });
    expect(forgotten).toEqual([`${tenantId} ${ada} 1500`, `${tenantId} ${ben} 1500`]);
  });

  it('forgets a tenant when all of it is meant', async () => {
    const { changes, forgotten } = world();
    await changes.publish({ tenantId, userIds: 'all' });
    expect(forgotten).toEqual([`${tenantId} 1500`]);
  });

  it('forgets everybody when something may have been missed, and counts it', async () => {
    let listener: PermissionListener | undefined;
    const { forgotten, page } = world({
      ...memoryPermissionChanges(),
      subscribe: (given) => {
        listener = given;
        return () => undefined;
      },
    });
    listener?.onGap();
    expect(forgotten).toEqual(['everybody 1500']);
    expect(await page()).toContain('permission_changes_heard_total{about="everybody",service="gateway"} 1');
  });

  it('hears nothing more once closed', async () => {
    const { changes, feed, forgotten } = world();
    feed.close();
    await changes.publish({ tenantId, userIds: 'all' });
    expect(forgotten).toEqual([]);
  });

  it.each([
    [true, 'up', 1],
    [false, 'degraded', 0],
  ])('says whether it is live (%s), for health and metrics', async (isLive, status, value) => {
    const { feed, page } = world({ ...memoryPermissionChanges(), isLive: () => isLive });
    expect(await feed.health.check(new AbortController().signal)).toEqual({ status });
    expect(await page()).toMatch(new RegExp(`^permission_feed_live\\{.*\\} ${value}$`, 'm'));
  });
});
