import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs } from './back-off.ts';

it('doubles from attempt to attempt', () => {
  const waits = [1, 2, 3].map((attempt) => backOffMs({ baseMs: 100, maxMs: 10_000 }, attempt, 1));
  expect(waits).toEqual([100, 200, 400]);
});

it('is never longer than its maximum, nor shorter than half of what is due', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, chance) => {
        const wait = backOffMs({ baseMs: 100, maxMs: 5_000 }, attempt, chance);
        expect(wait).toBeLessThanOrEqual(5_000);
        expect(wait).toBeGreaterThanOrEqual(50);
      },
    ),
  );
});
