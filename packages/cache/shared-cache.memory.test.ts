import { describe, expect, it } from '@jest/globals';
import { memorySharedCache } from './shared-cache.memory.ts';
import { describeSharedCacheContract } from './testing/index.ts';
import { writeBehind, type MakeEntries } from './write-behind.ts';
import type { CacheEntry } from './shared-cache.port.ts';

const clockAt = (startMs: number) => {
  let nowMs = startMs;
  return { clock: { now: () => new Date(nowMs) }, elapse: async (ms: number) => void (nowMs += ms) };
};

describeSharedCacheContract('memorySharedCache', async () => {
  const { clock, elapse } = clockAt(1_000_000);
  return { cache: memorySharedCache({ clock }), elapse };
});

it('a cache in memory lets its oldest entries go', async () => {
  const cache = memorySharedCache({ entriesMax: 2 });
  await cache.write(['a', 'b', 'a', 'c'].map((key) => ({ key, value: key, ttlMs: 60_000 })));
  expect(await cache.read(['a', 'b', 'c'])).toEqual(['a', undefined, 'c']);
});

describe('writing behind', () => {
  const entry =
    (key: string): MakeEntries =>
    () => [{ key, value: key, ttlMs: 1 }];

  it('writes what has gathered in one batch, and takes no more than has room', async () => {
    const batches: string[][] = [];
    const cache = {
      write: async (entries: readonly CacheEntry[]) => void batches.push(entries.map(({ key }) => key)),
    };
    const behind = writeBehind(cache, { everyMs: 60_000, waitingMax: 2 });
    expect(['a', 'b', 'c'].map((key) => behind.add(entry(key)))).toEqual([true, true, false]);
    expect(batches).toEqual([]);
    await behind.flush();
    expect(behind.add(entry('d'))).toBe(true);
    await behind.flush();
    expect(batches).toEqual([['a', 'b'], ['d']]);
  });

  it('writes one batch at a time, and what comes meanwhile afterwards', async () => {
    let running = 0;
    const written: number[] = [];
    const releases: (() => void)[] = [];
    const cache = {
      write: async (entries: readonly CacheEntry[]) => {
        running += 1;
        written.push(entries.length, running);
        await new Promise<void>((resolve) => releases.push(resolve));
        running -= 1;
      },
    };
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const behind = writeBehind(cache, { everyMs: 60_000, waitingMax: 10 });
    behind.add(entry('a'));
    const first = behind.flush();
    await turn();
    behind.add(entry('b'));
    const second = behind.flush();
    await turn();
    expect(written).toEqual([1, 1]);
    releases[0]?.();
    await first;
    await turn();
    expect(written).toEqual([1, 1, 1, 1]);
    releases[1]?.();
    await second;
  });
});
