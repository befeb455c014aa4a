import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@saas/auth';
import { newId, newTenantId, bucketOfId, silentMeter, systemClock } from '@saas/kernel';
import { createLogger } from '@saas/telemetry';
import fc from 'fast-check';
import { fallbackLayer } from './fallback-layer.ts';
import { fallbackMeter } from './fallback-metrics.ts';
import { fallbackStore } from './fallback-store.ts';
import type { GatewayContext } from './gateway-context.ts';
import type { SubgraphRequest } from './subgraph-call.ts';
import { tokenKeeper } from './token-keeper.ts';
import type { Send, UpstreamAnswer } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

const limits = { entriesMax: 100_000, bytesMax: 100_000_000, answerBytesMax: 100_000, maxStaleMs: 60_000 };
const rulesOf = (generation: string) => ({
  generation,
  mayKeep: (query: string) => !query.includes('email'),
  unknownFields: [],
});
const rules = rulesOf('g1');
const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
const nobody: Viewer = { status: 'anonymous' };

const tenants = [newTenantId(systemClock), newTenantId(systemClock)] as const;
const users = tenants.map((tenant) => newId('usr', bucketOfId(tenant), systemClock));
const sessions = tenants.map((tenant) => newId('ses', bucketOfId(tenant), systemClock));

/** A subgraph that says to whom it speaks, and can be taken away. */
const setUp = (propagate: readonly string[] = []) => {
  const store = fallbackStore(limits);
  const wire = {
    isAway: false,
    error: refused as unknown,
    calls: 0,
    errors: [] as unknown[],
    sentAtMs: () => performance.now(),
  };
  const send: Send = async ({ request, context }) => {
    wire.calls += 1;
    if (wire.isAway) throw wire.error;
    const who = whoIs(context, propagate);
    const { representationsJson, variables = {}, query } = request;
    const say = (what: unknown) => ({ who, query, what });
    const data = representationsJson
      ? { _entities: representationsJson.map((json) => say([JSON.parse(json), variables])) }
      : { me: say(variables) };
    const body = Buffer.from(JSON.stringify({ data }));
    return {
      status: 200,
      data,
      errors: wire.errors,
      body,
      consistencyToken: undefined,
      sentAtMs: wire.sentAtMs(),
    };
  };
  const through = fallbackLayer({
    subgraph: 'users',
    store,
    propagate,
    meter: fallbackMeter(silentMeter, store),
  })(send);
  const ask = async (
    request: Partial<SubgraphRequest> = {},
    more: Partial<GatewayContext> = {},
  ): Promise<UpstreamAnswer> =>
    through({
      request: { query: '{ me }', ...request },
      context: contextOf(more),
      isMutation: request.kind === 'mutation',
      body: '',
      endsAtMs: Infinity,
      isHurried: false,
      caller: undefined,
    });
  return { store, wire, ask };
};

const logger = createLogger({ name: 'test', level: 'silent' });
const contextOf = (more: Partial<GatewayContext>): GatewayContext => ({
  requestId: 'r',
  logger,
  viewer: nobody,
  signal: { aborted: false },
  deadlineAtMs: Infinity,
  tokens: tokenKeeper(),
  identityFor: () => undefined,
  fallback: rules,
  ...more,
});

const whoIs = ({ viewer, clientHeaders = {} }: GatewayContext, propagate: readonly string[]): unknown => [
  viewer,
  propagate.map((name) => clientHeaders[name]),
];

let graph: ReturnType<typeof setUp>;
beforeEach(() => {
  graph = setUp();
});

describe('a query that fails', () => {
  it('is answered with what was said before, marked with its age', async () => {
    const before = await graph.ask({ variables: { a: 1 } });
    expect(before).not.toHaveProperty('degraded');
    graph.wire.isAway = true;
    const { data, errors, degraded } = await graph.ask({ variables: { a: 1 } });
    expect({ data, errors }).toEqual({ data: before.data, errors: [] });
    expect(degraded).toMatchObject({ missing: [], failure: graph.wire.error });
    expect(degraded?.ageMs).toBeGreaterThanOrEqual(0);
    await expect(graph.ask({ variables: { a: 2 } })).rejects.toBe(graph.wire.error);
  });

  it('is answered anew each time: who gets it may alter it', async () => {
    await graph.ask();
    graph.wire.isAway = true;
    const first = await graph.ask();
    (first.data as Record<string, unknown>)['me'] = 'altered';
    expect((await graph.ask()).data).not.toEqual(first.data);
  });

  it('about entities is answered as far as they are known, in the order asked', async () => {
    const about = (...ids: readonly number[]) => ({
      query: 'e',
      representationsJson: ids.map((id) => `{"id":${id}}`),
    });
    await graph.ask(about(1, 2, 3));
    await graph.ask(about(4));
    graph.wire.isAway = true;
    const { data, degraded } = await graph.ask(about(4, 9, 2));
    const { _entities: found } = data as {
      readonly _entities: readonly ({ readonly what: unknown } | null)[];
    };
    expect(found.map((each) => each?.what)).toEqual([[{ id: 4 }, {}], undefined, [{ id: 2 }, {}]]);
    expect(degraded?.missing).toEqual([1]);
    await expect(graph.ask(about(9))).rejects.toBe(graph.wire.error);
    await expect(graph.ask({ ...about(4), variables: { first: 5 } })).rejects.toBe(graph.wire.error);
  });

  it('stays failed when its caller has left', async () => {
    await graph.ask();
    graph.wire.isAway = true;
    graph.wire.error = upstreamErrors.REQUEST_CANCELLED();
    await expect(graph.ask()).rejects.toBe(graph.wire.error);
  });
});

describe('what must not come from memory', () => {
  it.each([
    ['mutations', { kind: 'mutation' } as const, {}],
    ['requests that change something', {}, { fallback: undefined }],
    ['queries with a field that must not be stale', { query: '{ me { email } }' }, {}],
  ])('%s', async (_, request, context) => {
    await graph.ask(request, context);
    expect(graph.store.size.entries).toBe(0);
    graph.wire.isAway = true;
    await expect(graph.ask(request, context)).rejects.toBe(graph.wire.error);
  });

  it('answers with errors', async () => {
    graph.wire.errors = [{ message: 'no' }];
    await graph.ask();
    expect(graph.store.size.entries).toBe(0);
  });

  it('what was said under another supergraph', async () => {
    await graph.ask();
    graph.wire.isAway = true;
    await expect(graph.ask({}, { fallback: rulesOf('g2') })).rejects.toBe(graph.wire.error);
    await expect(graph.ask({}, { fallback: rulesOf('g1') })).resolves.toHaveProperty('degraded');
  });

  it('what was said to a caller with other headers, where headers are sent on', async () => {
    graph = setUp(['accept-language']);
    await graph.ask({}, { clientHeaders: { 'accept-language': 'de' } });
    graph.wire.isAway = true;
    for (const clientHeaders of [{}, { 'accept-language': 'en' }, { 'accept-language': ['de'] }])
      await expect(graph.ask({}, { clientHeaders })).rejects.toBe(graph.wire.error);
    await expect(
      graph.ask({}, { clientHeaders: { 'accept-language': 'de', other: 'x' } }),
    ).resolves.toHaveProperty('degraded');
  });
});

it('an answer that was asked for before something was forgotten is not kept for one who joined it later', async () => {
  const { store, wire, ask } = setUp();
  const [[tenantId], [userId], [sessionId]] = [tenants, users, sessions];
  if (userId === undefined || sessionId === undefined) throw new Error('There is nobody.');
  const viewer = { status: 'authenticated', tenantId, userId, role: 'OWNER', sessionId } as const;
  let sentAtMs = performance.now();
  wire.sentAtMs = () => sentAtMs;
  store.forgetViewer({ tenantId, userId });
  await ask({}, { viewer });
  expect(store.size.entries).toBe(0);
  sentAtMs = performance.now() + 1;
  await ask({}, { viewer });
  expect(store.size.entries).toBe(1);
});

describe('10,000 random pairs of identities', () => {
  const one = <Value>(values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
  const viewer: fc.Arbitrary<Viewer> = fc.oneof(
    { weight: 1, arbitrary: fc.constant(nobody) },
    {
      weight: 9,
      arbitrary: fc.record({
        status: fc.constant('authenticated' as const),
        tenantId: one(tenants),
        userId: one(users),
        role: one(['OWNER', 'ADMIN', 'MEMBER'] as const),
        sessionId: one(sessions),
      }),
    },
  );
  const header = fc.constantFrom(undefined, '', 'a', 'b', '["a"]', ['a'], 'null');
  const caller = fc.record({ viewer, clientHeaders: fc.record({ 'x-a': header, 'x-b': header }) });
  const about = { query: 'e', representationsJson: ['{"id":1}'] };

  it('never meet each other, and always themselves', async () => {
    const propagate = ['x-a', 'x-b'];
    let own = 0;
    await fc.assert(
      fc.asyncProperty(caller, caller, fc.boolean(), async (first, second, isAboutEntities) => {
        const { wire, ask } = setUp(propagate);
        const request = isAboutEntities ? about : {};
        await ask(request, first);
        wire.isAway = true;
        const isSame =
          JSON.stringify(whoIs(contextOf(first), propagate)) ===
          JSON.stringify(whoIs(contextOf(second), propagate));
        const told = await ask(request, second).catch(() => undefined);
        expect(told !== undefined).toBe(isSame);
        if (isSame) own += 1;
        // The same person, from another token.
        const again = { ...first, viewer: { ...first.viewer } };
        const { data } = await ask(request, again);
        expect(JSON.stringify(data)).toContain(JSON.stringify(whoIs(contextOf(first), propagate)));
      }),
      { numRuns: 10_000 },
    );
    expect(own).toBeLessThan(9_000);
  });
});
