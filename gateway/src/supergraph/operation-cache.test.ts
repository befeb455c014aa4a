import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OperationCache } from './operation-cache.ts';

const operation = (key: string, bytes: number) => ({
  key,
  bytes,
  operation: key,
  ahead: { key, text: '{ one }', operationName: undefined },
});

describe('the cache of operations', () => {
  it('never holds more than it may, and always what was used last', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      bytes: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const cache = new OperationCache<string>({ entriesMax: 3, bytesMax: 100 });
        for (const { key, bytes } of steps) {
          cache.set(operation(key, bytes));
          expect(cache.get(key)).toBe(key);
          expect(cache.size).toBeLessThanOrEqual(3);
          expect(cache.bytes).toBeLessThanOrEqual(100);
          expect(cache.mostUsed(9)).toHaveLength(cache.size);
        }
      }),
    );
  });

  it('does not keep what is larger than all its room, nor what it replaces', () => {
    const cache = new OperationCache<string>({ entriesMax: 3, bytesMax: 100 });
    cache.set(operation('a', 10));
    cache.set(operation('a', 101));
    expect(cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('knows what is used most, from before as well', () => {
    const cache = new OperationCache<string>({ entriesMax: 9, bytesMax: 1_000 });
    cache.set(operation('a', 1), 5);
    for (const key of ['b', 'c']) cache.set(operation(key, 1), 1);
    cache.get('c');
    expect(cache.mostUsed(2).map(({ key, uses }) => [key, uses])).toEqual([
      ['a', 5],
      ['c', 2],
    ]);
  });
});
