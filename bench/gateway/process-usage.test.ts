import { describe, expect, it } from '@jest/globals';
import { usageOf } from './process-usage.ts';

describe('usageOf', () => {
  it('adds user and system time, and counts pages', () => {
    const stat =
      '7 (node) S 1 7 7 0 -1 4194304 9 0 0 0 150 25 3 4 20 0 11 0 100 9000000 1000 18446744073709551615';
    expect(usageOf(stat)).toEqual({ cpuMs: 1_750, residentBytes: 4_096_000 });
  });

  it('is not misled by the name of the process', () => {
    const stat = '7 (a) b (c) S 1 7 7 0 -1 4194304 9 0 0 0 1 1 3 4 20 0 11 0 100 9000000 1 1844';
    expect(usageOf(stat)).toEqual({ cpuMs: 20, residentBytes: 4_096 });
  });
});
