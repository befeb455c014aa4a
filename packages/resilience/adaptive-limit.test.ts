import { describe, expect, it } from '@jest/globals';
import { AdaptiveLimit } from './adaptive-limit.ts';

const bounds = { min: 4, start: 100, max: 300 };

const limitAfter = (
  windows: number,
  { ratio, inFlight }: { readonly ratio: number; readonly inFlight: number },
  limit = new AdaptiveLimit(bounds),
): AdaptiveLimit => {
  for (let window = 0; window < windows; window += 1) {
    for (let answer = 0; answer < 20; answer += 1) limit.note(ratio, inFlight);
    limit.closeWindow();
  }
  return limit;
};

describe('the limit', () => {
  it('stays where it began while nothing is slow and nothing is held back', () => {
    expect(limitAfter(50, { ratio: 1, inFlight: 60 }).limit).toBe(100);
  });

  it('is not moved by what is slow for a moment', () => {
    const limit = limitAfter(2, { ratio: 20, inFlight: 100 });
    expect(limitAfter(5, { ratio: 1, inFlight: 60 }, limit).limit).toBe(100);
  });

  it('shrinks in proportion when everything is slow for long, never below its lowest', () => {
    expect(limitAfter(3, { ratio: 2, inFlight: 80 }).limit).toBe(60);
    expect(limitAfter(30, { ratio: 9, inFlight: 80 }).limit).toBe(4);
  });

  it('is not moved by slow work as long as a quarter is as quick as usual', () => {
    const limit = new AdaptiveLimit(bounds);
    for (let window = 0; window < 20; window += 1) {
      for (let answer = 0; answer < 20; answer += 1) limit.note(answer < 6 ? 1 : 50, 80);
      limit.closeWindow();
    }
    expect(limit.limit).toBe(100);
  });

  it('grows when it is reached and all is quick, never above its highest', () => {
    expect(limitAfter(1, { ratio: 1, inFlight: 100 }).limit).toBe(110);
    expect(limitAfter(50, { ratio: 1, inFlight: 300 }).limit).toBe(300);
  });

  it('returns to where it began when it holds nothing back, or nothing comes', () => {
    const limit = limitAfter(30, { ratio: 9, inFlight: 80 });
    expect(limitAfter(60, { ratio: 1, inFlight: 1 }, limit).limit).toBe(100);
    const quiet = limitAfter(30, { ratio: 9, inFlight: 80 });
    for (let window = 0; window < 60; window += 1) quiet.closeWindow();
    expect(quiet.limit).toBe(100);
  });

  it('takes what is slow at its lowest for the usual, after a while', () => {
    const limit = limitAfter(30, { ratio: 3, inFlight: 4 });
    expect([limit.limit, limit.isUsual]).toEqual([4, true]);
    expect(limitAfter(15, { ratio: 3, inFlight: 100 }).isUsual).toBe(false);
  });
});
