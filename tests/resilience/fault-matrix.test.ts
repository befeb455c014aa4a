import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { parseFault } from '@saas/local-stack';
import { faultyGraph, type FaultyGraph } from '../support/faulty-graph.ts';
import type { GraphqlAnswer } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(180_000);

/** Of each fault: what a client is told, and how many calls one query may become. */
const faults = [
  { fault: 'hang', code: 'UPSTREAM_TIMEOUT', callsMax: 1 },
  { fault: 'reset', code: 'SUBGRAPH_UNAVAILABLE', callsMax: 3 },
  { fault: '500', code: 'SUBGRAPH_UNAVAILABLE', callsMax: 3 },
  { fault: 'slow-drip', code: 'UPSTREAM_TIMEOUT', callsMax: 1 },
  { fault: 'bad-json', code: 'SUBGRAPH_UNAVAILABLE', callsMax: 1 },
  { fault: 'huge-body', code: 'SUBGRAPH_UNAVAILABLE', callsMax: 1 },
  { fault: 'redirect', code: 'SUBGRAPH_UNAVAILABLE', callsMax: 1 },
  // Chance is the test's: here it strikes every call.
  { fault: 'errors=10%', code: 'SUBGRAPH_UNAVAILABLE', callsMax: 3 },
] as const;

const QUERY = '{ me { name } projects { name } }';
const WHOLE = { me: { name: 'Ada' }, projects: [{ name: 'Apollo' }] };
const FAILURES = 5;
const LONG = 3_600_000;
/** Only where the fault is one that takes its time: a machine that is busy is slow as well. */
const patience = (fault: string) => (/hang|slow-drip/.test(fault) ? { timeout_ms: 1_000 } : {});

let graph: FaultyGraph | undefined;
afterEach(async () => {
  await graph?.stop();
  graph = undefined;
});

/** A gateway that has answered once, and then met the fault. */
const harmed = async (
  fault: string,
  { resetMs = LONG, random = (): number => 0 } = {},
): Promise<FaultyGraph> => {
  const started = await faultyGraph({
    projects: {
      ...patience(fault),
      breaker: { failures: FAILURES, failure_rate: 0.5, window_ms: LONG, reset_ms: resetMs },
    },
    yaml: { fallback: { enabled: false } },
    random,
  });
  graph = started;
  await until(async () => (await started.graphql(QUERY)).errors.length === 0);
  started.proxy.setFault(parseFault(fault));
  return started;
};

/** The part of the subgraph that is well is there; the other is null, with one error that says nothing of where we run. */
const expectFailed = ({ status, data, errors, text }: GraphqlAnswer, code: string): void => {
  expect({ status, data }).toEqual({ status: 200, data: { me: WHOLE.me, projects: null } });
  expect(errors).toMatchObject([{ path: ['projects'], extensions: { code, retryable: true } }]);
  expect(text).not.toMatch(
    /127\.0\.0\.1|localhost|:\d{4,5}\b|html|ECONN|socket|UND_ERR|node_modules|\.[tj]s:\d|xxx|JSON/i,
  );
};

/** Asks until the breaker refuses. @returns how many queries it took. */
const openBreaker = async ({ graphql }: FaultyGraph): Promise<number> => {
  for (let asked = 1; ; asked += 1) {
    const { codes } = await graphql(QUERY);
    if (codes.includes('SUBGRAPH_CIRCUIT_OPEN')) return asked;
    if (asked > 3 * FAILURES) throw new Error(`It did not open: ${codes.join()}.`);
  }
};
const state = ({ metric }: FaultyGraph) => metric(/^subgraph_breaker_state\{.*projects.*query/);
const probes = ({ metric }: FaultyGraph) => metric(/^subgraph_breaker_probes_total\{.*projects.*failed/);
const times = async <Result>(count: number, work: () => Promise<Result>): Promise<readonly Result[]> =>
  Promise.all(Array.from({ length: count }, work));

describe.each(faults)('$fault, while the breaker is', ({ fault, code, callsMax }) => {
  it('closed: costs the answer one part, and the subgraph no more calls than its budget', async () => {
    const { graphql, proxy, metric } = await harmed(fault);
    const before = proxy.counts().calls;
    expectFailed(await graphql(QUERY), code);
    const calls = proxy.counts().calls - before;
    expect(calls).toBeGreaterThanOrEqual(1);
    expect(calls).toBeLessThanOrEqual(callsMax);
    expect(await metric(/^subgraph_breaker_state\{.*projects.*query/)).toBe(0);
  });

  it('open: is not met by anybody', async () => {
    const started = await harmed(fault);
    const asked = await openBreaker(started);
    expect(asked).toBeLessThanOrEqual(FAILURES + 1);
    await until(() => started.proxy.counts().inFlight === 0);
    const before = started.proxy.counts().calls;
    for (const answer of await times(20, async () => started.graphql(QUERY)))
      expectFailed(answer, 'SUBGRAPH_CIRCUIT_OPEN');
    expect(started.proxy.counts().calls).toBe(before);
    expect(await state(started)).toBe(2);
  });

  it('half-open: is met by probes alone, and is over when it is over', async () => {
    const started = await harmed(fault, { resetMs: 200 });
    await openBreaker(started);
    const before = started.proxy.counts().calls;
    let answered = 0;
    await until(async () => {
      expectFailed(await started.graphql(QUERY), 'SUBGRAPH_CIRCUIT_OPEN');
      answered += 1;
      return (await probes(started)) >= 2;
    });
    // What came before the first of these answers may be counted as well, and so may a probe on its way.
    expect(started.proxy.counts().calls - before).toBeLessThanOrEqual((await probes(started)) + 1);
    expect(answered).toBeGreaterThan(0);
    started.proxy.setFault(parseFault('none'));
    await until(async () => (await started.graphql(QUERY)).errors.length === 0);
    const answers = await times(10, async () => started.graphql(QUERY));
    expect(answers.map(({ data }) => data)).toEqual(answers.map(() => WHOLE));
    expect(await state(started)).toBe(0);
  });
});

it('hides one failure in ten from clients, for at most a fifth more calls', async () => {
  let calls = 0;
  const { graphql, proxy } = await harmed('errors=10%', { random: () => ((calls += 1) % 10 === 0 ? 0 : 1) });
  const before = proxy.counts().calls;
  for (let asked = 0; asked < 100; asked += 1) expect((await graphql(QUERY)).data).toEqual(WHOLE);
  expect(proxy.counts().calls - before).toBeLessThanOrEqual(120);
});

it.each(['reset', '500', 'hang'])('sends a mutation that meets %s once', async (fault) => {
  const { graphql, proxy } = await harmed(fault);
  const before = proxy.counts().calls;
  const { codes, data } = await graphql('mutation { note }');
  expect(data).toEqual({ note: null });
  expect(codes).toHaveLength(1);
  expect(proxy.counts().calls - before).toBe(1);
});
