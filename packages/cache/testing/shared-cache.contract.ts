import { describe, expect, it } from '@jest/globals';
import type { SharedCache } from '../shared-cache.port.ts';

export type CacheUnderTest = {
  readonly cache: SharedCache;
  /** Lets the cache's clock go on. */
  readonly elapse: (milliseconds: number) => Promise<void>;
};

const LONG = 600_000;

/** What every shared cache promises. */
export const describeSharedCacheContract = (name: string, open: () => Promise<CacheUnderTest>): void => {
  describe(`the shared cache ${name}`, () => {
    it('gives what was written, in the order asked, and nothing for what was not', async () => {
      const { cache } = await open();
      await cache.write([
        { key: 'a', value: '{"ü":1}', ttlMs: LONG },
        { key: 'b', value: '', ttlMs: LONG },
      ]);
      expect(await cache.read(['b', 'unknown', 'a'])).toEqual(['', undefined, '{"ü":1}']);
    });

    it('keeps the last of what was written under one key', async () => {
      const { cache } = await open();
      await cache.write([{ key: 'c', value: 'first', ttlMs: LONG }]);
      await cache.write([{ key: 'c', value: 'second', ttlMs: LONG }]);
      expect(await cache.read(['c'])).toEqual(['second']);
    });

    it('forgets what has ended', async () => {
      const { cache, elapse } = await open();
      await cache.write([
        { key: 'brief', value: 'x', ttlMs: 50 },
        { key: 'long', value: 'y', ttlMs: LONG },
      ]);
      await elapse(100);
      expect(await cache.read(['brief', 'long'])).toEqual([undefined, 'y']);
    });

    it('reads and writes nothing at all when asked to', async () => {
      const { cache } = await open();
      await cache.write([]);
      expect(await cache.read([])).toEqual([]);
    });
  });
};
