import { describe, expect, it } from '@jest/globals';
import { testClock } from '@saas/kernel';
import { ExpiringMap } from './expiring-map.ts';

describe('an expiring map', () => {
  it('forgets an entry at its end', () => {
    const clock = testClock();
    const map = new ExpiringMap<string>(10, clock);
    map.set('a', 'kept', clock.now().getTime() + 5);
    clock.advance(4);
    expect(map.get('a')).toBe('kept');
    clock.advance(1);
    expect(map.get('a')).toBeUndefined();
    expect(map.size).toBe(0);
  });

  it('lets go of what was used longest ago when it is full', () => {
    const clock = testClock();
    const map = new ExpiringMap<number>(2, clock);
    const endsAtMs = clock.now().getTime() + 1_000;
    map.set('a', 1, endsAtMs);
    map.set('b', 2, endsAtMs);
    map.get('a');
    map.set('c', 3, endsAtMs);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  });
});
