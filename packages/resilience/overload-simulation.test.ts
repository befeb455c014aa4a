import { describe, expect, it } from '@jest/globals';
import { simulate, type Outcome, type Source } from './overload-simulation.fixture.ts';

/** Twenty at full speed, 10 ms each. */
const SERVERS = 20;
const CAPACITY = 2_000;
const CALM_MS = 4_000;
/** What it takes to notice an overload, and to find the new limit. */
const SETTLED_MS = 6_000;
const END_MS = 12_000;

const tenants = (perSecond: number, more: Partial<Source> = {}): readonly Source[] =>
  Array.from({ length: 10 }, (_, index) => ({
    name: `tenant-${index}`,
    perSecond: perSecond / 10,
    ...more,
  }));

/** Half of what can be served, then `sources`. */
const run = (sources: readonly Source[], more: Partial<Parameters<typeof simulate>[0]> = {}) => {
  const phases = [
    { untilMs: CALM_MS, sources: tenants(0.5 * CAPACITY) },
    { untilMs: END_MS, sources },
  ];
  return simulate({ servers: SERVERS, phases, ...more }).filter(({ arrivedAtMs }) => arrivedAtMs >= CALM_MS);
};

const settled = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ arrivedAtMs }) => arrivedAtMs >= SETTLED_MS);
const served = (outcomes: readonly Outcome[]) => outcomes.filter(({ was }) => was === 'served');
const servedShare = (outcomes: readonly Outcome[]): number => served(outcomes).length / outcomes.length;
const p99 = (outcomes: readonly Outcome[]): number => {
  const sorted = served(outcomes)
    .map(({ latencyMs }) => latencyMs)
    .sort((left, right) => left - right);
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
};
const of = (outcomes: readonly Outcome[], name: string) => outcomes.filter(({ source }) => source === name);
const notOf = (outcomes: readonly Outcome[], name: string) =>
  outcomes.filter(({ source }) => source !== name);

const peak = run(tenants(CAPACITY));

describe('three times as many as can be served', () => {
  const overload = run(tenants(3 * CAPACITY));

  it('leave at least 90 % of the peak, from the first moment on', () => {
    expect(served(overload).length).toBeGreaterThan(0.9 * served(peak).length);
  });

  it('do not even double the time that those who are served wait', () => {
    expect(p99(settled(overload))).toBeLessThan(2 * p99(settled(peak)));
  });

  it('are mostly turned away at the door', () => {
    const refused = settled(overload).filter(({ was }) => was === 'refused');
    expect(refused.length).toBeLessThan(0.15 * served(settled(overload)).length);
  });

  it('leave as much to others as before, when they are gone', () => {
    const sources = tenants(0.5 * CAPACITY);
    const phases = [
      { untilMs: CALM_MS, sources },
      { untilMs: 8_000, sources: tenants(3 * CAPACITY) },
      { untilMs: END_MS, sources },
    ];
    const after = simulate({ servers: SERVERS, phases }).filter(({ arrivedAtMs }) => arrivedAtMs > 11_000);
    expect(servedShare(after)).toBe(1);
  });

  it('are too much from the start, too, when nothing is known yet of what is usual', () => {
    const phases = [{ untilMs: 8_000, sources: tenants(3 * CAPACITY) }];
    const cold = simulate({ servers: SERVERS, phases }).filter(({ arrivedAtMs }) => arrivedAtMs > 4_000);
    expect(served(cold).length).toBeGreaterThan(0.9 * 4 * CAPACITY);
    expect(p99(cold)).toBeLessThan(2 * p99(settled(peak)));
  });
});

describe('one tenant that asks for thirty times its share', () => {
  const others = tenants(CAPACITY).slice(1);
  const noisy = run([{ name: 'tenant-0', perSecond: 3 * CAPACITY }, ...others]);

  it('makes the others wait less than 20 % longer', () => {
    const before = p99(settled(notOf(peak, 'tenant-0')));
    expect(p99(settled(notOf(noisy, 'tenant-0')))).toBeLessThan(1.2 * before);
  });

  it('is refused what it asks for above its share, the others next to nothing', () => {
    expect(servedShare(settled(of(noisy, 'tenant-0')))).toBeLessThan(0.1);
    expect(servedShare(settled(notOf(noisy, 'tenant-0')))).toBeGreaterThan(0.95);
  });

  it('gains nothing by calling all of it urgent', () => {
    const urgent = { name: 'tenant-0', perSecond: 3 * CAPACITY, rank: 0 } as const;
    const pushing = settled(run([urgent, ...others]));
    expect(servedShare(notOf(pushing, 'tenant-0'))).toBeGreaterThan(0.8);
  });
});

it('what is urgent is served in the midst of an overload', () => {
  const urgent = { name: 'someone', perSecond: 0.1 * CAPACITY, rank: 0 } as const;
  const outcomes = settled(run([...tenants(3 * CAPACITY), urgent]));
  expect(servedShare(of(outcomes, 'someone'))).toBeGreaterThan(0.99);
});

describe('nothing is refused', () => {
  it.each([
    ['at 80 % of what can be served', tenants(0.8 * CAPACITY), {}],
    [
      'for pauses of 50 ms, two a second',
      tenants(0.6 * CAPACITY),
      { pauses: Array.from({ length: 16 }, (_, index) => ({ atMs: CALM_MS + 500 * index, forMs: 50 })) },
    ],
    [
      'for a new mix, in which most of the time goes into slow work',
      [
        ...tenants(0.3 * CAPACITY),
        { name: 'reports', perSecond: 0.04 * CAPACITY, workMs: 100, kind: 'report' },
      ],
      {},
    ],
    ['when work takes four times as long for good', tenants(0.15 * CAPACITY, { workMs: 40 }), {}],
  ])('%s', (_, sources, more) => {
    expect(servedShare(run(sources, more))).toBe(1);
  });
});
