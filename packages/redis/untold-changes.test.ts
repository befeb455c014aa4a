import { describe, expect, it } from '@jest/globals';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { parseTidings, tidingsText } from './tidings-text.ts';
import { UntoldChanges } from './untold-changes.ts';

const tenantId = newTenantId(systemClock);
const other = newTenantId(systemClock);
const [ada, ben, eve] = [1, 2, 3].map(() => newId('usr', 7, systemClock)) as [never, never, never];

describe('untold changes', () => {
  it('are taken once, those of a tenant together', () => {
    const untold = new UntoldChanges();
    untold.add({ tenantId, userIds: [ada] });
    untold.add({ tenantId: other, userIds: [eve] });
    untold.add({ tenantId, userIds: [ben, ada] });
    expect(untold.take()).toEqual([
      { tenantId, userIds: [ada, ben] },
      { tenantId: other, userIds: [eve] },
    ]);
    expect(untold.isEmpty).toBe(true);
    expect(untold.take()).toEqual([]);
  });

  it('name the whole tenant once it is meant, or too many of its people are', () => {
    const untold = new UntoldChanges({ tenantsMax: 2, usersMax: 2 });
    untold.add({ tenantId, userIds: 'all' });
    untold.add({ tenantId, userIds: [ada] });
    untold.add({ tenantId: other, userIds: [ada, ben] });
    untold.add({ tenantId: other, userIds: [eve] });
    expect(untold.take()).toEqual([
      { tenantId, userIds: 'all' },
      { tenantId: other, userIds: 'all' },
    ]);
  });

  it('become everything when too many tenants are meant, and again nothing once taken', () => {
    const untold = new UntoldChanges({ tenantsMax: 1, usersMax: 1 });
    untold.add({ tenantId, userIds: [ada] });
    untold.add({ tenantId: other, userIds: [ben] });
    untold.add({ tenantId, userIds: [eve] });
    expect(untold.isEmpty).toBe(false);
    expect(untold.take()).toEqual(['everything']);
    untold.add({ tenantId, userIds: [ada] });
    expect(untold.take()).toEqual([{ tenantId, userIds: [ada] }]);
  });
});

describe('tidings', () => {
  it.each([
    [{ tenantId, userIds: [ada, ben] }],
    [{ tenantId, userIds: 'all' as const }],
    ['everything' as const],
  ])('arrive as they were sent: %j', (tidings) =>
    expect(parseTidings(tidingsText(tidings))).toEqual(tidings),
  );

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['nothing', 'null'],
    ['no tenant', JSON.stringify({ userIds: [ada] })],
    ['somebody who is no user', JSON.stringify({ tenantId, userIds: [ada, tenantId] })],
    ['no people', JSON.stringify({ tenantId })],
  ])('mean everything when they cannot be read: %s', (_, text) =>
    expect(parseTidings(text)).toBe('everything'),
  );
});
