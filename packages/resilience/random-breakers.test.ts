import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { BreakerModel, type ModelCall, type ModelSettings } from './breaker-model.fixture.ts';
import { breaker, type BreakerState } from './index.ts';

// Everything that opossum and deadlines wait for is a timer of jest's, and `performance.now()` goes with it.
beforeAll(() => void jest.useFakeTimers());
// A third of the time would go into stacks of errors that nobody reads.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
  jest.useRealTimers();
});

const RUNS = 25_000;
const STEPS_MAX = 24;
/** More turns than the longest chain of promises between a probe and the breaker. */
const TURNS = 24;

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
};

/** A breaker and its model, to which the same things happen. */
class Pair {
  readonly model: BreakerModel;
  readonly changes: BreakerState[] = [];
  readonly breaker;
  probes = 0;
  isOver = false;
  readonly #probes: { readonly settle: (isGood: boolean) => void }[] = [];
  readonly #calls: { readonly real: number; readonly model: ModelCall }[] = [];

  constructor(settings: ModelSettings) {
    this.model = new BreakerModel(settings, performance.now());
    this.breaker = breaker({
      ...settings,
      probe: () => {
        this.probes += 1;
        return new Promise<void>((resolve, reject) => {
          this.#probes.push({ settle: (isGood) => (isGood ? resolve() : reject(new Error('no'))) });
        });
      },
      onChange: (state) => this.changes.push(state),
      random: () => 0.5,
    });
  }

  begin(): void {
    const [real, model] = [this.breaker.begin(), this.model.begin()];
    if (real !== undefined && model !== undefined) this.#calls.push({ real, model });
    if ((real === undefined) !== (model === undefined)) expect(real).toBe(model);
  }

  /** One of the calls on their way ends; with `undefined` it was cancelled. */
  end(which: number, isFailure: boolean | undefined): void {
    const [call] = this.#calls.splice(which % Math.max(this.#calls.length, 1), 1);
    if (call === undefined || isFailure === undefined) return;
    if (isFailure) this.breaker.failed(call.real);
    else this.breaker.succeeded(call.real);
    this.model.end(call.model, isFailure);
  }

  /** The newest probe ends, or one that was given up long ago does. */
  async endProbe(which: number, isGood: boolean): Promise<void> {
    const newest = this.#probes.length - 1;
    const chosen = which % 4 > 0 ? newest : which % Math.max(this.#probes.length, 1);
    this.#probes[chosen]?.settle(isGood);
    if (chosen === newest) this.model.endProbe(isGood);
    await turns();
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.model.nowMs + ms;
    while (this.model.nowMs < endMs && !this.isOver) {
      const { atMs, isTie } = this.model.next();
      // What comes first then is nobody's promise.
      if (isTie && atMs <= endMs) this.isOver = true;
      else await this.#passTo(Math.min(atMs, endMs));
    }
  }

  expectFailure(): void {
    this.breaker.expectFailure(50);
    this.model.expectFailure(50);
  }

  probeSoon(): void {
    this.breaker.probeSoon();
    this.model.probeSoon();
  }

  /** Compared before `expect` is called: it takes longer than all the rest. */
  compare(): void {
    const { breaker: real, model, changes, probes } = this;
    const isSame =
      real.state === model.state && probes === model.probes && changes.length === model.changes.length;
    if (!isSame) expect([real.state, probes, changes]).toEqual([model.state, model.probes, model.changes]);
  }

  async #passTo(toMs: number): Promise<void> {
    jest.advanceTimersByTime(toMs - this.model.nowMs);
    const isMoment = this.model.next().atMs <= toMs;
    this.model.passTo(toMs);
    if (isMoment) await turns();
  }
}

type Action = (pair: Pair, which: number) => void | Promise<void>;

const PAUSES_MS = [1, 7, 26, 33, 60, 101, 530, 1_003];

const begin: Action = (pair) => pair.begin();
const succeed: Action = (pair, which) => pair.end(which, false);
const fail: Action = (pair, which) => pair.end(which, true);
const cancel: Action = (pair, which) => pair.end(which, undefined);
const pass: Action = (pair, which) => pair.pass(PAUSES_MS[which % PAUSES_MS.length] ?? 0);
const probeSucceeds: Action = (pair, which) => pair.endProbe(which, true);
const probeFails: Action = (pair, which) => pair.endProbe(which, false);
const expectFailure: Action = (pair) => pair.expectFailure();
const probeSoon: Action = (pair) => pair.probeSoon();

const all = [begin, succeed, fail, cancel, pass, probeSucceeds, probeFails, expectFailure, probeSoon];
/** Anything may happen at any time; what leads on happens more often. */
const actions = {
  closed: [...all, begin, begin, begin, begin, fail, fail, fail, fail],
  open: [...all, pass, pass, pass, pass, probeSoon],
  probing: [...all, probeSucceeds, probeSucceeds, probeFails, pass],
};

/** Each number is a step: which action, and which call, pause or probe it is about. */
const steps = fc.array(fc.noBias(fc.nat({ max: 0xffff })), { maxLength: STEPS_MAX, size: 'max' });

const step = async (pair: Pair, chosen: number): Promise<void> => {
  const { model } = pair;
  const possible = actions[model.isProbing ? 'probing' : model.state === 'closed' ? 'closed' : 'open'];
  await possible[chosen % possible.length]?.(pair, Math.floor(chosen / possible.length));
};

const timing = { windowMs: 100, resetMs: 97, probeMs: 31, soonMs: 1_000 };

const seen = { runs: 0, opened: 0, closed: 0, ties: 0 };

const holds = async (settings: ModelSettings, given: readonly number[]): Promise<void> => {
  const pair = new Pair(settings);
  try {
    for (const chosen of given) {
      await step(pair, chosen);
      if (pair.isOver) break;
      pair.compare();
    }
    seen.runs += 1;
    seen.ties += pair.isOver ? 1 : 0;
    seen.opened += pair.changes.includes('open') ? 1 : 0;
    seen.closed += pair.changes.includes('closed') ? 1 : 0;
  } finally {
    pair.breaker.stop();
    jest.clearAllTimers();
  }
};

it.each([
  ['by default, on a small scale', { failures: 3, failureRate: 0.5 }],
  ['at the first failure', { failures: 1, failureRate: 0.01 }],
  ['when everything fails', { failures: 4, failureRate: 1 }],
  ['when a quarter fails', { failures: 2, failureRate: 0.25 }],
])('a breaker that opens %s does what its model does, whatever comes in whatever order', async (_, rule) => {
  await fc.assert(
    fc.asyncProperty(steps, (given) => holds({ ...timing, ...rule }, given)),
    { numRuns: RUNS },
  );
});

it('has been through every state many times', () => {
  expect(seen.runs).toBe(4 * RUNS);
  expect(seen.opened).toBeGreaterThan(seen.runs / 4);
  expect(seen.closed).toBeGreaterThan(seen.runs / 20);
  expect(seen.ties).toBeLessThan(seen.runs / 20);
});
