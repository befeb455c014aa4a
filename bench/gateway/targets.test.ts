import { describe, expect, it } from '@jest/globals';
import { judge, type Target } from './targets.ts';

const atMost: Target = { operation: 'hop', other: 'limit', kind: 'at most', ratio: 1.25 };
const atLeast: Target = { operation: 'hop', other: 'stock', kind: 'at least', ratio: 10 };

/** Ratios of a world where each candidate costs this much. */
const costs =
  (us: Readonly<Record<string, number>>) =>
  (_: string, candidate: string, other: string): number | undefined => {
    const [left, right] = [us[candidate], us[other]];
    return left === undefined || right === undefined ? undefined : left / right;
  };

describe('judge', () => {
  it.each([
    [125, 'holds'],
    [126, 'missed'],
  ])('holds us to the limit: %d µs for 100', (ours, verdict) => {
    expect(judge(atMost, costs({ ours, limit: 100 })).verdict).toBe(verdict);
  });

  it.each([
    [1_000, 'holds'],
    [999, 'missed'],
  ])('holds peers against us: %d µs for 100', (stock, verdict) => {
    expect(judge(atLeast, costs({ stock, ours: 100 })).verdict).toBe(verdict);
  });

  it('judges nothing that was not measured', () => {
    expect(judge(atLeast, costs({ ours: 100 }))).toEqual({ measured: undefined, verdict: 'not measured' });
    expect(judge(atMost, costs({ ours: 0, limit: 0 })).verdict).toBe('not measured');
  });
});
