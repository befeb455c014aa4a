import { describe, expect, it } from '@jest/globals';
import { resilienceErrors, retryBudget } from '@saas/resilience';
import fc from 'fast-check';
import { socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import { retryLayer, type RetryOptions } from './retry-layer.ts';
import type { UpstreamAnswer, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

const reset = () => socketError('ECONNRESET');
const good = upstreamAnswer();

/** A layer over a wire that does in turn what `outcomes` say, and over a clock that only waiting moves. */
const retried = (
  outcomes: readonly (Error | UpstreamAnswer)[],
  more: Partial<RetryOptions> & { readonly takesMs?: number } = {},
) => {
  const waits: number[] = [];
  let now = 0;
  let attempts = 0;
  const layer = retryLayer({
    attemptsMax: 2,
    budget: retryBudget({ tokensMax: 10, perSuccess: 0.1 }),
    isClosed: () => true,
    random: () => 0.5,
    nowMs: () => now,
    wait: async (_, waitMs) => {
      waits.push(waitMs);
      now += waitMs;
    },
    ...more,
  });
  const send = layer(async () => {
    const outcome = outcomes[Math.min(attempts, outcomes.length - 1)];
    attempts += 1;
    now += more.takesMs ?? 0;
    if (outcome instanceof Error) throw outcome;
    return outcome ?? good;
  });
  const call = async (given: Partial<UpstreamCall> = {}) => send(upstreamCall({ endsAtMs: 1_000, ...given }));
  return { call, waits, attempts: () => attempts, at: (ms: number) => (now = ms) };
};

describe('a failed query', () => {
  it('is sent again, each time after up to twice the wait', async () => {
    const { call, waits } = retried([reset(), reset(), good]);
    await expect(call()).resolves.toBe(good);
    expect(waits).toEqual([25, 50]);
  });

  it('fails with what the last attempt failed with', async () => {
    const last = reset();
    const { call, attempts } = retried([reset(), reset(), last]);
    await expect(call()).rejects.toBe(last);
    expect(attempts()).toBe(3);
  });

  it.each([
    ['refused connection', socketError('ECONNREFUSED')],
    ['name that is not found', socketError('ENOTFOUND')],
    ['status 503', upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status: 503 })],
    ['status 500 with GraphQL errors', { ...upstreamAnswer({}, 500), errors: [{}] }],
  ])('is sent again after a %s', async (_, failure) => {
    const { call, attempts } = retried([failure, good]);
    await expect(call()).resolves.toBe(good);
    expect(attempts()).toBe(2);
  });

  it.each([
    ['a time-out', resilienceErrors.UPSTREAM_TIMEOUT()],
    ['a status of 404', upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status: 404 })],
    ['an answer that is no JSON', upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status: 200 })],
    ['too many bytes', upstreamErrors.SUBGRAPH_ANSWER_TOO_LARGE()],
    ['its client having left', upstreamErrors.REQUEST_CANCELLED()],
    ['a mistake of our own', new TypeError('x is not a function')],
  ])('is not sent again after %s', async (_, failure) => {
    const { call, attempts } = retried([failure, good]);
    await expect(call()).rejects.toBe(failure);
    expect(attempts()).toBe(1);
  });

  it('relays GraphQL errors of a failing subgraph when repeating does not help', async () => {
    const failing = { ...upstreamAnswer({}, 500), errors: [{}] };
    const { call, attempts } = retried([failing]);
    await expect(call()).resolves.toBe(failing);
    expect(attempts()).toBe(3);
  });

  it('is not sent again when the wait would outlast its time', async () => {
    const { call, attempts } = retried([reset(), good]);
    await expect(call({ endsAtMs: 24 })).rejects.toThrow('ECONNRESET');
    expect(attempts()).toBe(1);
  });

  it('is not sent again when a typical answer would come too late', async () => {
    const { call, attempts, at } = retried([good, good, good, good, reset(), good], { takesMs: 400 });
    for (let count = 0; count < 4; count += 1) await call({ endsAtMs: Infinity });
    at(0);
    await expect(call({ endsAtMs: 550 })).rejects.toThrow('ECONNRESET');
    expect(attempts()).toBe(5);
  });

  it('is not sent again when the breaker is open, also when it opens during the wait', async () => {
    const open = retried([reset(), good], { isClosed: () => false });
    await expect(open.call()).rejects.toThrow('ECONNRESET');
    expect(open.waits).toEqual([]);
    const answers = [true, false];
    const opening = retried([reset(), good], { isClosed: () => answers.shift() ?? false });
    await expect(opening.call()).rejects.toThrow('ECONNRESET');
    expect([opening.waits.length, opening.attempts()]).toEqual([1, 1]);
  });

  it('fails as cancelled when its client leaves during the wait', async () => {
    const wait = async () => Promise.reject(upstreamErrors.REQUEST_CANCELLED());
    const { call, attempts } = retried([reset(), good], { wait });
    await expect(call()).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(attempts()).toBe(1);
  });

  it('is not sent again when that is switched off', async () => {
    const { call, attempts } = retried([reset(), good], { attemptsMax: 0 });
    await expect(call()).rejects.toThrow('ECONNRESET');
    expect(attempts()).toBe(1);
  });
});

describe('a failed mutation', () => {
  it('is never sent again', async () => {
    const { call, attempts } = retried([reset(), good]);
    await expect(call({ isMutation: true })).rejects.toThrow('ECONNRESET');
    expect(attempts()).toBe(1);
  });
});

describe('the load on a subgraph', () => {
  it('grows by a tenth and ten calls at most, however calls fail', async () => {
    const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rates, fc.integer(), async (failureRates, seed) => {
        const chance = pseudoRandom(seed);
        let attempts = 0;
        const layer = retryLayer({
          attemptsMax: 2,
          budget: retryBudget({ tokensMax: 10, perSuccess: 0.1 }),
          isClosed: () => true,
          nowMs: () => 0,
          wait: async () => undefined,
          random: chance,
        });
        let rate = 0;
        const send = layer(async () => {
          attempts += 1;
          if (chance() < rate) throw reset();
          return good;
        });
        const call = upstreamCall({ endsAtMs: Infinity });
        let calls = 0;
        for (rate of failureRates) {
          for (let count = 0; count < 400; count += 1) {
            await send(call).catch(() => undefined);
            calls += 1;
            expect(attempts).toBeLessThanOrEqual(10 + calls * 1.1);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** Mulberry32: the same numbers for the same seed. */
const pseudoRandom = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
