import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { watchParent } from './parent-watch.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the watch over the parent process', () => {
  it('says once that it is gone', () => {
    let parent = 7;
    const onOrphaned = jest.fn();
    watchParent(onOrphaned, () => parent);
    jest.advanceTimersByTime(5_000);
    expect(onOrphaned).not.toHaveBeenCalled();
    parent = 1;
    jest.advanceTimersByTime(5_000);
    expect(onOrphaned).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
