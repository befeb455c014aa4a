import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryBudget } from './index.ts';

const usual = { tokensMax: 10, perSuccess: 0.1 };

describe('a budget of repeats', () => {
  it('is used up by repeating alone', () => {
    const budget = retryBudget(usual);
    const taken = Array.from({ length: 12 }, () => budget.take());
    expect(taken.filter(Boolean)).toHaveLength(10);
  });

  it('grows by one with ten successes, and not beyond what it began with', () => {
    const budget = retryBudget(usual);
    for (let count = 0; count < 1_000; count += 1) budget.earn();
    for (let count = 0; count < 10; count += 1) expect(budget.take()).toBe(true);
    expect(budget.take()).toBe(false);
    for (let count = 0; count < 9; count += 1) budget.earn();
    expect(budget.take()).toBe(false);
    budget.earn();
    expect(budget.take()).toBe(true);
  });

  it('of nothing never allows a repeat', () => {
    const budget = retryBudget({ tokensMax: 0, perSuccess: 0.1 });
    budget.earn();
    expect(budget.take()).toBe(false);
  });

  it('bounds the repeats by what was there and what was earned, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (steps) => {
        const budget = retryBudget(usual);
        let earned = 0;
        let repeats = 0;
        for (const isSuccess of steps) {
          if (isSuccess) {
            budget.earn();
            earned += 1;
          } else if (budget.take()) repeats += 1;
          expect(repeats).toBeLessThanOrEqual(10 + earned / 10);
        }
      }),
    );
  });
});
