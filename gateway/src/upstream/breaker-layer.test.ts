import { afterEach, describe, expect, it } from '@jest/globals';
import { isAppError, silentMeter } from '@saas/kernel';
import { memoryBreakerHints, resilienceErrors, type BreakerHint } from '@saas/resilience';
import { createLogger, memoryLog, prometheusMeter } from '@saas/telemetry';
import { defaultGatewayYaml } from '../gateway-yaml.ts';
import { until } from '../supergraph/until.fixture.ts';
import { breakers, type SubgraphBreakers } from './breakers.ts';
import { settled, socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import type { Send, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

const opened: SubgraphBreakers[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.stop();
});

const log = memoryLog();
const logger = createLogger({ name: 'test', level: 'info', destination: log.destination });
type Parts = Partial<Parameters<typeof breakers>[0]>;
type Answer = (call: UpstreamCall) => UpstreamAnswer;

/** The breakers of one subgraph, which answers what a test tells it to. */
const subgraph = (
  parts: Parts = {},
  breaker: Partial<ReturnType<typeof defaultGatewayYaml>['breaker']> = {},
) => {
  const all = breakers({ logger, meter: silentMeter, identitiesOf: () => () => undefined, ...parts });
  const circuits = all.open('projects', {
    timeoutMs: 5_000,
    breaker: { ...defaultGatewayYaml().breaker, ...breaker },
  });
  opened.push(circuits);
  const sent: UpstreamCall[] = [];
  let answer: Answer = () => upstreamAnswer();
  const wire: Send = async (call) => {
    sent.push(call);
    return answer(call);
  };
  const send = circuits.layer(wire);
  return {
    all,
    circuits,
    sent,
    answerWith: (next: Answer) => (answer = next),
    send,
    /** What the call fails with; undefined when it succeeds. */
    codeOf: async (more: Partial<UpstreamCall> = {}): Promise<unknown> =>
      send(upstreamCall(more)).then(
        () => undefined,
        (error: unknown) => (isAppError(error) ? error.code : error),
      ),
    fail: async (times: number, error: unknown, more: Partial<UpstreamCall> = {}): Promise<void> => {
      answer = () => {
        throw error;
      };
      for (let each = 0; each < times; each += 1) await send(upstreamCall(more)).catch(() => undefined);
    },
  };
};
const query = { isMutation: false };
const mutation = { isMutation: true };
const unusable = (status: number) => upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status });

describe('a subgraph that fails', () => {
  it.each([
    ['refuses connections', socketError('ECONNREFUSED')],
    ['resets connections', socketError('ECONNRESET')],
    ['has no address', socketError('ENOTFOUND')],
    ['answers 500', unusable(500)],
    ['answers what is no GraphQL', unusable(200)],
    ['does not answer in time', resilienceErrors.UPSTREAM_TIMEOUT()],
  ])('is left alone after five failures when it %s', async (_, error) => {
    const { fail, codeOf, sent } = subgraph();
    await fail(4, error);
    expect(await codeOf()).not.toBe('SUBGRAPH_CIRCUIT_OPEN');
    expect(await codeOf()).toBe('SUBGRAPH_CIRCUIT_OPEN');
    expect(sent).toHaveLength(5);
  });

  it('is left alone when it answers GraphQL errors with 500', async () => {
    const { answerWith, codeOf } = subgraph();
    answerWith(() => ({ ...upstreamAnswer({}, 500), errors: [{ message: 'no' }] }));
    for (let each = 0; each < 5; each += 1) await codeOf();
    expect(await codeOf()).toBe('SUBGRAPH_CIRCUIT_OPEN');
  });

  it('still gets mutations when queries fail, and queries when mutations fail', async () => {
    const reading = subgraph();
    await reading.fail(5, unusable(500));
    expect([reading.circuits.isClosed(query), reading.circuits.isClosed(mutation)]).toEqual([false, true]);
    const writing = subgraph();
    await writing.fail(5, unusable(500), mutation);
    expect([writing.circuits.isClosed(query), writing.circuits.isClosed(mutation)]).toEqual([true, false]);
  });
});

describe('a subgraph is not left alone', () => {
  it.each([
    ['clients leave', upstreamErrors.REQUEST_CANCELLED(), {}],
    ['requests have too little time left', resilienceErrors.UPSTREAM_TIMEOUT(), { isHurried: true }],
    ['it refuses what we ask', unusable(404), {}],
    ['we ask too often', unusable(429), {}],
    ['too much is under way', upstreamErrors.SUBGRAPH_BUSY(), {}],
    ['we make a mistake ourselves', new TypeError('undefined is no function'), {}],
  ])('when %s', async (_, error, more) => {
    const { fail, circuits } = subgraph();
    await fail(20, error, more);
    expect(circuits.isClosed(query)).toBe(true);
  });

  it('when it answers GraphQL errors', async () => {
    const { answerWith, codeOf, circuits } = subgraph();
    answerWith(() => ({ ...upstreamAnswer(), data: null, errors: [{ message: 'no' }] }));
    for (let each = 0; each < 20; each += 1) await codeOf();
    expect(circuits.isClosed(query)).toBe(true);
  });
});

it('refuses without asking, and without a line of log for each call', async () => {
  const { fail, codeOf, sent } = subgraph();
  await fail(5, unusable(500));
  const lines = log.lines().length;
  for (let each = 0; each < 100; each += 1) expect(await codeOf()).toBe('SUBGRAPH_CIRCUIT_OPEN');
  expect([sent.length, log.lines().length]).toEqual([5, lines]);
});

describe('a probe', () => {
  const probed = async (
    more: Partial<UpstreamCall>,
    answer: Answer,
    isSo: (isClosed: boolean) => boolean,
  ) => {
    const under = subgraph({}, { resetMs: 100 });
    await under.fail(5, unusable(500), more);
    under.answerWith(answer);
    const isClosed = (): boolean => under.circuits.isClosed({ isMutation: more.isMutation ?? false });
    await until(() => under.sent.length > 5 && isSo(isClosed()));
    await settled();
    return { ...under, isClosed: isClosed() };
  };

  const isYes = (isClosed: boolean): boolean => isClosed;

  it.each([
    [query, 'query { __typename }'],
    [mutation, 'mutation { __typename }'],
  ])('asks for nothing, on behalf of nobody, in its own time: %j', async (more, asked) => {
    const { sent, isClosed } = await probed(more, () => upstreamAnswer(), isYes);
    expect(isClosed).toBe(true);
    const probe = sent.at(-1);
    expect([probe?.request.query, JSON.parse(probe?.body ?? '')]).toEqual([asked, { query: asked }]);
    expect(probe?.context.viewer).toEqual({ status: 'anonymous' });
    expect(probe?.caller).toBeUndefined();
    expect((probe?.endsAtMs ?? Infinity) - performance.now()).toBeLessThanOrEqual(2_000);
  });

  it.each([
    ['GraphQL errors', () => ({ ...upstreamAnswer(), data: null, errors: [{ message: 'no' }] })],
    [
      'a refusal',
      () => {
        throw unusable(401);
      },
    ],
  ])('takes %s for a sign of life', async (_, answer) => {
    const { isClosed } = await probed(query, answer, isYes);
    expect(isClosed).toBe(true);
  });

  it.each([
    ['429', unusable(429)],
    ['nothing', socketError('ECONNREFUSED')],
    ['500 with GraphQL', undefined],
  ])('takes %s for none', async (_, error) => {
    const failing: Answer = () => {
      if (error !== undefined) throw error;
      return { ...upstreamAnswer({}, 500), errors: [{ message: 'no' }] };
    };
    const { isClosed } = await probed(query, failing, () => true);
    expect(isClosed).toBe(false);
  });
});

describe('gateways', () => {
  it('tell each other what opened, so that the others open sooner', async () => {
    const hub = memoryBreakerHints();
    const [one, other] = [subgraph({ hints: hub.join() }), subgraph({ hints: hub.join() })];
    await one.fail(5, unusable(500));
    expect(other.circuits.isClosed(query)).toBe(true);
    await other.fail(1, unusable(500));
    expect(other.circuits.isClosed(query)).toBe(false);
    await other.fail(1, unusable(500), mutation);
    expect(other.circuits.isClosed(mutation)).toBe(true);
  });

  it('believe what they see: a subgraph that answers here stays in use', async () => {
    const hub = memoryBreakerHints();
    const [one, other] = [subgraph({ hints: hub.join() }), subgraph({ hints: hub.join() })];
    await one.fail(5, unusable(500));
    for (let each = 0; each < 3; each += 1) await other.codeOf();
    await other.fail(1, unusable(500));
    expect(other.circuits.isClosed(query)).toBe(true);
  });

  it('look again soon when another sees a subgraph back', async () => {
    const hub = memoryBreakerHints();
    const [teller, { fail, answerWith, circuits, sent }] = [hub.join(), subgraph({ hints: hub.join() })];
    await fail(5, unusable(500));
    answerWith(() => upstreamAnswer());
    teller.publish({ circuit: 'projects:query', change: 'closed' });
    await until(() => circuits.isClosed(query));
    expect([circuits.isClosed(query), sent.length]).toEqual([true, 6]);
  });

  it('tell of what opens and closes, by subgraph and kind', async () => {
    const hub = memoryBreakerHints();
    const heard: BreakerHint[] = [];
    hub.join().listen((hint) => heard.push(hint));
    await subgraph({ hints: hub.join() }).fail(5, unusable(500), mutation);
    expect(heard).toEqual([{ circuit: 'projects:mutation', change: 'opened' }]);
  });
});

describe('operators', () => {
  it('see a degraded part for each that is not closed', async () => {
    const { all, fail } = subgraph();
    await fail(5, unusable(500));
    expect(await all.health.check(new AbortController().signal)).toEqual({
      status: 'degraded',
      parts: [
        { name: 'projects:query', status: 'degraded', details: { state: 'open' } },
        { name: 'projects:mutation', status: 'up', details: { state: 'closed' } },
      ],
    });
    expect(all.health.isCritical).toBe(false);
  });

  it('see state and changes as metrics, and one line of log', async () => {
    const meter = prometheusMeter({ service: 'test', isProcessMeasured: false });
    const own = memoryLog();
    const { fail } = subgraph({
      meter,
      logger: createLogger({ name: 'test', level: 'info', destination: own.destination }),
    });
    await fail(6, unusable(500));
    const { body } = await meter.page();
    expect(body).toMatch(/subgraph_breaker_state\{subgraph="projects",kind="query",service="test"\} 2/);
    expect(body).toMatch(/subgraph_breaker_state\{subgraph="projects",kind="mutation",service="test"\} 0/);
    expect(body).toMatch(/subgraph_breaker_changes_total\{subgraph="projects",kind="query",to="open",.*\} 1/);
    expect(own.lines()).toMatchObject([{ subgraph: 'projects', kind: 'query' }]);
  });

  it('see nothing any more of a subgraph that is not called any more', async () => {
    const { all, circuits } = subgraph();
    circuits.stop();
    expect(await all.health.check(new AbortController().signal)).toEqual({ status: 'up', parts: [] });
  });
});
