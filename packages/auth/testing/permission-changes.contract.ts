import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId, newTenantId, systemClock, type TenantId } from '@saas/kernel';
import type { PermissionChange, PermissionChanges, PermissionListener } from '../permission-changes.port.ts';

/** The adapter as two processes have it; in memory both are the same. */
export type PermissionChangesUnderTest = {
  readonly one: PermissionChanges;
  readonly other: PermissionChanges;
};

/** Somebody who listens and remembers. */
const witness = () => {
  const heard: PermissionChange[] = [];
  const listener: PermissionListener = {
    onChange: (change) => void heard.push(change),
    onGap: () => undefined,
  };
  return { heard, listener };
};

/** The promises of the PermissionChanges port. Call it once per adapter. */
export const describePermissionChangesContract = (
  adapter: string,
  open: (onFailure: (error: unknown) => void) => Promise<PermissionChangesUnderTest>,
) =>
  describe(`${adapter} keeps the PermissionChanges contract`, () => {
    let under: PermissionChangesUnderTest;
    let failures: unknown[];
    let tenantId: TenantId;
    beforeEach(async () => {
      failures = [];
      under = await open((error) => failures.push(error));
      tenantId = newTenantId(systemClock);
    });
    const person = () => newId('usr', 7, systemClock);

    it('tells everybody who listens, wherever they are, whose rights changed', async () => {
      const [near, far] = [witness(), witness()];
      under.one.subscribe(near.listener);
      under.other.subscribe(far.listener);
      await live(under);
      const some: PermissionChange = { tenantId, userIds: [person(), person()] };
      const all: PermissionChange = { tenantId, userIds: 'all' };
      expect(await under.one.publish(some)).toBe(true);
      expect(await under.one.publish(all)).toBe(true);
      await until(() => near.heard.length >= 2 && far.heard.length >= 2);
      expect(near.heard).toEqual([some, all]);
      expect(far.heard).toEqual([some, all]);
    });

    it('tells nothing to those who have left, and goes on telling the others', async () => {
      const [stays, leaves] = [witness(), witness()];
      under.other.subscribe(stays.listener);
      const leave = under.other.subscribe(leaves.listener);
      await live(under);
      leave();
      await under.one.publish({ tenantId, userIds: 'all' });
      await until(() => stays.heard.length > 0);
      expect(leaves.heard).toEqual([]);
    });

    it('is not harmed by a listener that throws, and reports it', async () => {
      const well = witness();
      const broken = {
        onChange: () => {
          throw new Error('broken listener');
        },
        onGap: () => undefined,
      };
      under.other.subscribe(broken);
      under.other.subscribe(well.listener);
      await live(under);
      await under.one.publish({ tenantId, userIds: 'all' });
      await until(() => well.heard.length > 0);
      expect(failures).toEqual([expect.objectContaining({ message: 'broken listener' })]);
    });

    it('comes to be live once somebody listens', async () => {
      under.other.subscribe(witness().listener);
      await until(() => under.other.isLive());
    });

    it('may be told of a change while nobody listens', async () => {
      expect(await under.one.publish({ tenantId, userIds: [person()] })).toBe(true);
    });
  });

const live = ({ one, other }: PermissionChangesUnderTest): Promise<void> => {
  const leave = one.subscribe(witness().listener);
  return until(() => one.isLive() && other.isLive()).finally(leave);
};

const WAIT_MS_MAX = 30_000;

const until = async (condition: () => boolean): Promise<void> => {
  const endsAtMs = performance.now() + WAIT_MS_MAX;
  while (!condition()) {
    if (performance.now() > endsAtMs)
      throw new Error(`Not so within ${WAIT_MS_MAX} ms: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
