import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import { leftMsOf, requirePatience, watchPatience } from './patience.ts';

const errors = defineErrors({
  CALLER_GONE: { audience: 'client', retryable: true, message: 'Gone.' },
  UPSTREAM_TIMEOUT: { audience: 'client', retryable: true, message: 'Late.' },
});

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the time that is left', () => {
  it.each([
    ['what somebody waits', 1_500, 5_000, 1_500],
    ['no more than the limit', 9_000, 5_000, 5_000],
    ['never nothing, which the server would take for any time', -3, 5_000, 1],
  ])('is %s', (_, fromNowMs, limitMs, leftMs) => {
    expect(leftMsOf({ endsAtMs: performance.now() + fromNowMs }, limitMs)).toBe(leftMs);
  });

  it('is the limit for who does not say', () => {
    expect(leftMsOf({}, 5_000)).toBe(5_000);
  });
});

describe('patience', () => {
  const ended = (patience: Parameters<typeof watchPatience>[0]) => {
    const reasons: unknown[] = [];
    return { reasons, unwatch: watchPatience(patience, (reason) => void reasons.push(reason)) };
  };

  it('ends at its time', () => {
    const { reasons } = ended({ endsAtMs: performance.now() + 50 });
    jest.advanceTimersByTime(49);
    expect(reasons).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(reasons).toMatchObject([{ code: 'DATABASE_TIMEOUT' }]);
  });

  it.each([
    ['the reason of a caller who has gone, unchanged', errors.CALLER_GONE(), 'CALLER_GONE'],
    [
      'that the database was what took long, when the request is late',
      errors.UPSTREAM_TIMEOUT(),
      'DATABASE_TIMEOUT',
    ],
    ['a coded error also for a signal without one', undefined, 'DATABASE_TIMEOUT'],
  ])('ends with its signal, and tells %s', (_, reason, code) => {
    const caller = new AbortController();
    const { reasons } = ended({ signal: caller.signal });
    caller.abort(reason);
    expect(reasons).toMatchObject([{ code }]);
    expect(() => requirePatience({ signal: caller.signal })).toThrow(expect.objectContaining({ code }));
  });

  it('has no beginning when its time is over', () => {
    expect(() => requirePatience({ endsAtMs: performance.now() })).toThrow(
      expect.objectContaining({ code: 'DATABASE_TIMEOUT' }),
    );
    expect(() => requirePatience({ endsAtMs: performance.now() + 1 })).not.toThrow();
  });

  it('leaves neither a timer nor a listener behind', () => {
    const { signal } = new AbortController();
    ended({ signal, endsAtMs: performance.now() + 50 }).unwatch();
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
