import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { latencyWindow } from './index.ts';

describe('a window of latencies', () => {
  it('says nothing before it is half full', () => {
    const window = latencyWindow(8);
    for (const tookMs of [1, 2, 3]) window.add(tookMs);
    expect(window.slowMs).toBeUndefined();
    window.add(4);
    expect(window.slowMs).toBe(4);
  });

  it('forgets what is older than the window', () => {
    const window = latencyWindow(8);
    for (let count = 0; count < 8; count += 1) window.add(1_000);
    for (let count = 0; count < 8; count += 1) window.add(10);
    expect(window.slowMs).toBe(10);
  });

  it('is exceeded by at most one in twenty of what it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 128, maxLength: 600 }), (given) => {
        const all = given.slice(0, given.length - (given.length % 32));
        const window = latencyWindow();
        for (const tookMs of all) window.add(tookMs);
        const slowMs = window.slowMs ?? Number.NaN;
        const held = all.slice(-128);
        expect(held).toContain(slowMs);
        expect(held.filter((tookMs) => tookMs > slowMs).length).toBeLessThanOrEqual(128 / 20);
      }),
    );
  });
});
