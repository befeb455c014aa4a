import { describe, expect, it } from '@jest/globals';
import { newId, newTenantId, testClock } from '@saas/kernel';
import { ChangedRights } from './changed-rights.ts';
import type { AuthenticatedViewer } from './viewer.ts';

const clock = testClock();
const viewerOf = (tenantId = newTenantId(clock)): AuthenticatedViewer => ({
  status: 'authenticated',
  userId: newId('usr', 3, clock),
  tenantId,
  role: 'MEMBER',
  sessionId: newId('ses', 3, clock),
});
const now = () => clock.now().getTime();

describe('changed rights', () => {
  it('are those of everybody after a gap', () => {
    const rights = new ChangedRights(clock);
    const before = now();
    expect(rights.haveChangedSince(before, viewerOf())).toBe(false);
    rights.onGap();
    expect(rights.haveChangedSince(before, viewerOf())).toBe(true);
    clock.advance(1);
    expect(rights.haveChangedSince(now(), viewerOf())).toBe(false);
  });

  it('are never forgotten when there are too many: everybody’s count as changed then', () => {
    const rights = new ChangedRights(clock, 2);
    const before = now();
    const people = [viewerOf(), viewerOf(), viewerOf()];
    const change = ({ tenantId, userId }: AuthenticatedViewer) =>
      rights.onChange({ tenantId, userIds: [userId] });
    people.slice(0, 2).forEach(change);
    const bystander = viewerOf();
    expect(people.map((each) => rights.haveChangedSince(before, each))).toEqual([true, true, false]);
    expect(rights.haveChangedSince(before, bystander)).toBe(false);
    people.slice(2).forEach(change);
    expect([...people, bystander].map((each) => rights.haveChangedSince(before, each))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
