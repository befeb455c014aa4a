import { describe, expect, it } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import fc from 'fast-check';
import { keptFailure, verdictOn } from './failure-verdict.ts';

const retries = { attemptsMax: 5, baseMs: 100, maxMs: 1_000 };
const errors = defineErrors({
  BODY_MALFORMED: { audience: 'operator', retryable: false, message: 'The body is malformed.' },
  DATABASE_UNAVAILABLE: { audience: 'client', retryable: true, message: 'Away.' },
  PERMISSION_CHANGE_UNTOLD: { audience: 'operator', retryable: true, message: 'Untold.' },
  DATABASE_TIMEOUT: { audience: 'client', retryable: true, message: 'Slow.' },
  NOT_THERE: { audience: 'client', retryable: false, message: 'There is no such thing.' },
});

describe('a failure', () => {
  it('that can never succeed makes the message dead at once', () => {
    expect(verdictOn(errors.BODY_MALFORMED(), 1, retries, 0)).toEqual({ status: 'dead' });
  });

  it('of anything else is tried as often as allowed, and then makes it dead', () => {
    for (const error of [new Error('boom'), errors.NOT_THERE(), 'text']) {
      expect(verdictOn(error, 4, retries, 0.5).status).toBe('retry');
      expect(verdictOn(error, 5, retries, 0.5)).toEqual({ status: 'dead' });
    }
  });

  it('of the database says nothing about the message, however often', () => {
    expect(verdictOn(errors.DATABASE_UNAVAILABLE(), 1_000, retries, 0)).toEqual({ status: 'away' });
  });

  it('to tell others says nothing about the message either', () => {
    expect(verdictOn(errors.PERMISSION_CHANGE_UNTOLD(), 1_000, retries, 0)).toEqual({ status: 'away' });
  });

  it('of a database that is slow is tried again, however often', () => {
    expect(verdictOn(errors.DATABASE_TIMEOUT(), 1_000, retries, 1)).toEqual({
      status: 'retry',
      waitMs: 1_000,
    });
  });

  it('waits at most its doubled base, never longer than the maximum, with full jitter', () => {
    const waits = (attempts: number, chance: number) =>
      verdictOn(new Error('boom'), attempts, { ...retries, attemptsMax: 1_000 }, chance);
    expect([1, 2, 3].map((attempts) => waits(attempts, 1))).toEqual(
      [100, 200, 400].map((waitMs) => ({ status: 'retry', waitMs })),
    );
    expect(waits(3, 0)).toEqual({ status: 'retry', waitMs: 0 });
    expect(waits(900, 1)).toEqual({ status: 'retry', waitMs: 1_000 });
  });
});

describe('what is kept of a failure', () => {
  it('that we foresaw is its code, its words and its fields', () => {
    expect(keptFailure(errors.BODY_MALFORMED({ field: 'title' }))).toEqual({
      code: 'BODY_MALFORMED',
      text: 'The body is malformed. {"field":"title"}',
    });
  });

  it('that we did not foresee has none of its words, but says where it was thrown', () => {
    const { code, text } = keptFailure(new TypeError('ada@example.com is no number'));
    expect(code).toBe('UNEXPECTED');
    expect(text).toMatch(/^TypeError at failure-verdict\.test\.ts:\d+$/);
  });

  it('is bounded, and never quotes what was not foreseen', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (words) => {
        fc.pre(!'TypeError at failure-verdict.test.ts:0123456789'.includes(words));
        expect(keptFailure(new TypeError(words)).text).not.toContain(words);
      }),
    );
    expect(keptFailure(errors.NOT_THERE({ text: 'x'.repeat(5_000) })).text).toHaveLength(300);
  });
});
