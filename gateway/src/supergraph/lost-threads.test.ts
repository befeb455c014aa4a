import { describe, expect, it } from '@jest/globals';
import { LostThreads } from './lost-threads.ts';

const setUp = () => {
  let nowMs = 0;
  const lost = new LostThreads({ lossesMax: 2, withinMs: 1_000 }, () => nowMs);
  return { lost, pass: (ms: number) => void (nowMs += ms) };
};

describe('after threads were lost', () => {
  it('operations as large as the smallest that cost one are suspect, and smaller ones are not', () => {
    const { lost } = setUp();
    lost.note(500);
    expect(lost.isSuspect(500)).toBe(false);
    lost.note(300);
    expect([299, 300, 1_000].map((size) => lost.isSuspect(size))).toEqual([false, true, true]);
  });

  it('nothing is suspect any more when some time has gone by', () => {
    const { lost, pass } = setUp();
    lost.note(500);
    pass(600);
    lost.note(500);
    expect(lost.isSuspect(500)).toBe(true);
    pass(600);
    expect(lost.isSuspect(500)).toBe(false);
  });
});
