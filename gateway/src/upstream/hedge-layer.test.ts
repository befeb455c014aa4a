import { describe, expect, it } from '@jest/globals';
import { retryBudget } from '@saas/resilience';
import { hedgeLayer, type HedgeOptions } from './hedge-layer.ts';
import { handWatch, heldWire, settled, socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import type { UpstreamCall } from './upstream-call.ts';

const SLOW_MS = 40;

const hedged = (more: Partial<HedgeOptions> = {}) => {
  const wire = heldWire();
  const hand = handWatch();
  const seen = { hedges: 0, latencies: [] as number[] };
  const send = hedgeLayer({
    watch: hand.watch,
    latencies: { slowMs: SLOW_MS, add: (tookMs) => seen.latencies.push(tookMs) },
    budget: retryBudget({ tokensMax: 5, perSuccess: 0.05 }),
    isClosed: () => true,
    nowMs: () => 0,
    onHedge: () => (seen.hedges += 1),
    ...more,
  })(wire.send);
  const ask = async (given: Partial<UpstreamCall> = {}) => send(upstreamCall(given));
  return { ...wire, ...hand, seen, ask };
};
const [first, second] = [upstreamAnswer({ from: 'first' }), upstreamAnswer({ from: 'second' })];

describe('a query that takes unusually long', () => {
  it('is sent a second time; the first answer counts, and the other attempt is given up', async () => {
    const { ask, sent, look, seen, watched } = hedged();
    const answer = ask();
    look(SLOW_MS - 1);
    expect(sent).toHaveLength(1);
    look(SLOW_MS);
    expect([sent.length, watched.size]).toEqual([2, 0]);
    sent[1]?.answer(second);
    await expect(answer).resolves.toBe(second);
    expect(sent.map(({ call }) => call.caller?.aborted)).toEqual([true, false]);
    expect(seen).toEqual({ hedges: 1, latencies: [0] });
  });

  it('is answered by the first attempt when that is faster after all', async () => {
    const { ask, sent, look } = hedged();
    const answer = ask();
    look(SLOW_MS);
    sent[0]?.answer(first);
    await expect(answer).resolves.toBe(first);
    expect(sent.map(({ call }) => call.caller?.aborted)).toEqual([false, true]);
  });

  it('fails when both attempts have failed, not before', async () => {
    const { ask, sent, look } = hedged();
    const both = ask();
    look(SLOW_MS);
    sent[0]?.fail(socketError('ECONNRESET'));
    await settled();
    sent[1]?.fail(socketError('EPIPE'));
    await expect(both).rejects.toMatchObject({ code: 'EPIPE' });
    const one = ask();
    look(SLOW_MS);
    sent[2]?.fail(socketError('ECONNRESET'));
    await settled();
    sent[3]?.answer(second);
    await expect(one).resolves.toBe(second);
  });

  it('is given up in all its attempts when its caller leaves', async () => {
    const { ask, sent, look } = hedged();
    const caller = { aborted: false };
    void ask({ caller });
    look(SLOW_MS);
    caller.aborted = true;
    expect(sent.map(({ call }) => call.caller?.aborted)).toEqual([true, true]);
  });
});

describe('a second attempt is not made', () => {
  it.each<[string, Partial<HedgeOptions>, Partial<UpstreamCall>]>([
    ['for a mutation', {}, { isMutation: true }],
    ['for a long body', {}, { body: 'x'.repeat(16_385) }],
    [
      'before anything is known of the subgraph',
      { latencies: { slowMs: undefined, add: () => undefined } },
      {},
    ],
    ['when the breaker is not closed', { isClosed: () => false }, {}],
    ['when the budget is used up', { budget: retryBudget({ tokensMax: 0, perSuccess: 0.05 }) }, {}],
    ['when the caller has left', {}, { caller: { aborted: true } }],
  ])('%s', async (_, options, call) => {
    const { ask, sent, look, watched } = hedged(options);
    const answer = ask(call);
    look(SLOW_MS);
    expect([sent.length, watched.size]).toEqual([1, 0]);
    sent[0]?.answer(first);
    await expect(answer).resolves.toBe(first);
  });

  it('when the first one has failed', async () => {
    const { ask, sent, look, watched } = hedged();
    const failed = ask();
    sent[0]?.fail(socketError('ECONNRESET'));
    await expect(failed).rejects.toThrow();
    look(SLOW_MS);
    expect([sent.length, watched.size]).toEqual([1, 0]);
  });

  it('for more than one of twenty, in the long run', async () => {
    const { ask, sent, look, seen } = hedged();
    for (let count = 0; count < 1_000; count += 1) {
      const answer = ask();
      look(SLOW_MS);
      sent.at(-1)?.answer();
      await answer;
    }
    expect(seen.hedges).toBeLessThanOrEqual(5 + 1_000 / 20);
    expect(seen.hedges).toBeGreaterThan(40);
  });
});
