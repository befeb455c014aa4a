import { describe, expect, it } from '@jest/globals';
import { median, medianRatio, quantile } from './statistics.ts';

describe('a quantile', () => {
  it('is a value that was measured', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(quantile([4, 1, 3, 2], 0.99)).toBe(4);
    expect(quantile([4, 1, 3, 2], 0)).toBe(1);
  });

  it('is not a number when nothing was measured', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('the median', () => {
  it('is the middle value, or lies between the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });

  it('is not moved by one wild value', () => {
    expect(median([1, 2, 3, 1_000_000, 2])).toBe(2);
  });

  it('of ratios compares neighbours, so that a slow moment strikes out of both', () => {
    expect(medianRatio([10, 100, 20], [5, 50, 10])).toBe(2);
  });
});
