import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundedCache } from './bounded-cache.ts';

describe('a bounded cache', () => {
  it('lets the least recently used go first', () => {
    const cache = boundedCache<number>({ entriesMax: 2, bytesMax: 100 });
    cache.set('a', 1, 1);
    cache.set('b', 2, 1);
    expect(cache.get('a')).toBe(1);
    cache.set('c', 3, 1);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('keeps nothing that is too large by itself, and loses nothing for it', () => {
    const cache = boundedCache<number>({ entriesMax: 9, bytesMax: 10 });
    cache.set('a', 1, 5);
    cache.set('b', 2, 11);
    expect([cache.get('a'), cache.get('b')]).toEqual([1, undefined]);
  });

  it('stays within its bounds whatever is put in', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(20)));
    fc.assert(
      fc.property(steps, fc.nat(4), fc.nat(40), (puts, entriesMax, bytesMax) => {
        const cache = boundedCache<number>({ entriesMax, bytesMax });
        for (const [key, bytes] of puts) {
          cache.set(key, bytes, bytes);
          expect(cache.size).toBeLessThanOrEqual(entriesMax);
          expect(cache.bytes).toBeLessThanOrEqual(bytesMax);
          const kept = ['a', 'b', 'c', 'd', 'e']
            .map((each) => cache.get(each))
            .filter((each) => each !== undefined);
          expect(cache.bytes).toBe(kept.reduce((sum, each) => sum + each, 0));
        }
      }),
    );
  });
});
