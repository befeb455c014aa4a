import { describe, expect, it, jest } from '@jest/globals';
import { memorySharedCache, type SharedCache } from '@saas/cache';
import type { IdentityScope } from './fallback-scope.ts';
import { sharedAnswers } from './fallback-shared.ts';
import { fallbackStore, type Remembered } from './fallback-store.ts';

const limits = { entriesMax: 1_000, bytesMax: 1_000_000, answerBytesMax: 10_000, maxStaleMs: 60_000 };
const ada: IdentityScope = { key: 'ada', tenantId: 't1', userId: 'ada' };
const bob: IdentityScope = { key: 'bob', tenantId: 't1', userId: 'bob' };
const about = (scope: IdentityScope, ...keys: readonly string[]): Remembered => ({
  scope,
  question: 'users entities',
  isAboutEntities: true,
  keys,
});
const said = ({ keys }: Remembered) => Buffer.from(JSON.stringify({ data: { _entities: keys } }));

/** Gateways that share a cache, at the same time. */
const setUp = (cache: SharedCache = memorySharedCache()) => {
  let nowMs = 1_000_000;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const clock = { now: () => new Date(1_700_000_000_000 + nowMs) };
  const gateway = () => {
    const store = fallbackStore(limits, { nowMs: () => nowMs });
    const shared = sharedAnswers({ cache, store, clock, maxStaleMs: limits.maxStaleMs });
    return {
      store,
      keep: async (asked: Remembered) => {
        shared.keep(
          asked,
          asked.keys.map((_, index) => index),
          said(asked),
          nowMs,
        );
        await shared.flush();
      },
      find: async (asked: Remembered) =>
        (
          await shared.fill(
            asked,
            asked.keys.map(() => undefined),
          )
        ).map((found) => found?.json),
    };
  };
  return { gateway, wait: (ms: number) => (nowMs += ms) };
};

describe('answers that gateways share', () => {
  it('are found by another gateway, for the same caller alone', async () => {
    const { gateway, wait } = setUp();
    const [one, other] = [gateway(), gateway()];
    wait(10_000);
    await one.keep(about(ada, 'x', 'y'));
    expect(await other.find(about(ada, 'y', 'z', 'x'))).toEqual(['"y"', undefined, '"x"']);
    expect(await other.find(about(bob, 'x'))).toEqual([undefined]);
  });

  it('are not used by a gateway that began later, nor when they are too old', async () => {
    const { gateway, wait } = setUp();
    const [one, other] = [gateway(), gateway()];
    wait(10_000);
    await one.keep(about(ada, 'x'));
    expect(await gateway().find(about(ada, 'x'))).toEqual([undefined]);
    wait(limits.maxStaleMs - 6_000);
    expect(await other.find(about(ada, 'x'))).toEqual(['"x"']);
    wait(2_000);
    expect(await other.find(about(ada, 'x'))).toEqual([undefined]);
  });

  it('are not used by a gateway that has forgotten them, or was told nothing for a time', async () => {
    const { gateway, wait } = setUp();
    const [one, other] = [gateway(), gateway()];
    wait(10_000);
    await one.keep(about(ada, 'x'));
    await one.keep(about(bob, 'x'));
    wait(1_000);
    other.store.forgetViewer({ tenantId: 't1', userId: 'ada' });
    expect(await other.find(about(ada, 'x'))).toEqual([undefined]);
    expect(await other.find(about(bob, 'x'))).toEqual(['"x"']);
    other.store.suspend();
    expect(await other.find(about(bob, 'x'))).toEqual([undefined]);
    other.store.resume();
    expect(await other.find(about(bob, 'x'))).toEqual([undefined]);
    // A clock that is a little ahead does not make them newer.
    wait(4_000);
    await one.keep(about(bob, 'x'));
    expect(await other.find(about(bob, 'x'))).toEqual([undefined]);
    wait(2_000);
    await one.keep(about(bob, 'x'));
    expect(await other.find(about(bob, 'x'))).toEqual(['"x"']);
  });

  it('are not written when they were forgotten while they waited', async () => {
    const cache = memorySharedCache();
    const write = jest.spyOn(cache, 'write');
    const { gateway, wait } = setUp(cache);
    const one = gateway();
    wait(10_000);
    const written = one.keep(about(ada, 'x'));
    await written;
    expect(write).toHaveBeenCalledTimes(1);
    one.store.forgetTenant('t1');
    await one.keep(about(ada, 'x'));
    expect(write).toHaveBeenCalledTimes(1);
  });
});
