import { afterEach, describe, expect, it } from '@jest/globals';
import { signIdentity } from '@saas/auth';
import { systemClock, testClock } from '@saas/kernel';
import { IDENTITY_KEY, subgraphUnderTest, viewer } from './subgraph-under-test.ts';

const { start, stopAll } = subgraphUnderTest();
afterEach(stopAll);

const clock = systemClock;
const late = testClock('2026-01-01T00:00:00.000Z');
const channel = { key: IDENTITY_KEY, audience: 'things', clock };

describe('a subgraph and its caller', () => {
  it('answers on behalf of the viewer that the gateway names', async () => {
    const { ask } = await start();
    expect(await ask('{ me }')).toMatchObject({ statusCode: 200, body: { data: { me: viewer.userId } } });
  });

  it.each([
    ['nothing', {}],
    ['a client token', { authorization: 'Bearer x' }],
    ['a tampered identity', { 'x-internal-identity': `${signIdentity(channel, viewer)}x` }],
    [
      'an identity for another service',
      { 'x-internal-identity': signIdentity({ ...channel, audience: 'users' }, viewer) },
    ],
    [
      'an identity that has expired',
      { 'x-internal-identity': signIdentity({ ...channel, clock: late }, viewer) },
    ],
    [
      'an identity by another key',
      { 'x-internal-identity': signIdentity({ ...channel, key: 'k'.repeat(32) }, viewer) },
    ],
  ])('refuses a caller that shows %s, whatever the request', async (_, headers) => {
    const { post } = await start();
    for (const body of [
      '{"query":"{ me }"}',
      '{"query":"{ _service { sdl } }"}',
      'no JSON',
      'x'.repeat(2_000_000),
    ]) {
      const { statusCode, text } = await post(body, headers);
      expect(statusCode).toBe(401);
      expect(JSON.parse(text)).toMatchObject({
        errors: [{ extensions: { code: 'CALLER_UNKNOWN', retryable: false } }],
      });
    }
  });

  it('shows its schema to the gateway', async () => {
    const { ask } = await start();
    const { body } = await ask('{ _service { sdl } __schema { queryType { name } } }');
    expect(body).toMatchObject({
      data: {
        _service: { sdl: expect.stringContaining('type Thing') },
        __schema: { queryType: { name: 'Query' } },
      },
    });
  });

  it('keeps the request id of the caller, and makes one when it has no decent form', async () => {
    const { ask } = await start();
    expect((await ask('{ requestId }', { 'x-request-id': 'r-1' })).body).toMatchObject({
      data: { requestId: 'r-1' },
    });
    const made = await ask('{ requestId }', { 'x-request-id': 'a b'.repeat(100) });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['a body that is too large', 'x'.repeat(1_048_577), 413, 'BODY_TOO_LARGE'],
    ['a body that is no JSON', '{', 400, 'REQUEST_MALFORMED'],
    ['a batch', '[{"query":"{ me }"}]', 400, 'BAD_REQUEST'],
    ['a document that does not parse', '{"query":"{"}', 400, 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', '{"query":"{ nope }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a variable of the wrong type',
      '{"query":"query($n: Int){ echo(n: $n) }","variables":{"n":"x"}}',
      400,
      'BAD_USER_INPUT',
    ],
  ])('refuses %s with a code', async (_, body, statusCode, code) => {
    const { post, identity } = await start();
    const answer = await post(body, identity());
    expect(answer.statusCode).toBe(statusCode);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { code } }] });
  });
});

describe('a failure in a subgraph', () => {
  it('is told with its code when the client can act on it', async () => {
    const { ask } = await start();
    expect((await ask('{ refused }')).body).toMatchObject({
      data: { refused: null },
      errors: [{ path: ['refused'], extensions: { code: 'FORBIDDEN', retryable: false } }],
    });
  });

  it('is masked otherwise, and logged under the incident that the client is told', async () => {
    const { ask, lines } = await start();
    const { body, text } = await ask('{ broken }', { 'x-request-id': 'r-7' });
    const [error] = (body as { errors: { extensions: { incidentId: string } }[] }).errors;
    expect(error).toMatchObject({ path: ['broken'], extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(text).not.toContain('secret detail');
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        requestId: 'r-7',
        incidentId: error?.extensions.incidentId,
        path: 'broken',
        err: expect.objectContaining({ message: 'secret detail' }),
      }),
    );
  });

  it('is masked when the context cannot be made', async () => {
    const { ask } = await start({
      contextOf: () => {
        throw new Error('secret detail');
      },
    });
    const { statusCode, text } = await ask('{ me }');
    expect(statusCode).toBe(500);
    expect(text).toContain('INTERNAL_SERVER_ERROR');
    expect(text).not.toContain('secret detail');
  });
});

describe('the time a request may take', () => {
  it('ends at the deadline of the caller, even for work that does not listen', async () => {
    const { ask } = await start();
    expect(await ask('{ deaf }', { 'x-deadline-ms': '20' })).toMatchObject({
      statusCode: 504,
      body: { errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true } }] },
    });
  });

  it('is capped by the service', async () => {
    const { ask } = await start({ deadlineMsMax: 20 });
    expect((await ask('{ deaf }', { 'x-deadline-ms': '999999' })).statusCode).toBe(504);
  });

  it('ends for the work when the caller goes', async () => {
    const { ask, state, lines } = await start();
    const caller = new AbortController();
    const asked = ask('{ slow }', {}, caller.signal);
    await state.begun.promise;
    caller.abort();
    await expect(asked).rejects.toThrow();
    expect(await state.aborted.promise).toMatchObject({ code: 'CALLER_GONE' });
    expect(lines().filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('consistency tokens', () => {
  it('hand a service its own part', async () => {
    const { ask } = await start();
    const header = { 'consistency-token': 'users.shard-0=0/9,things.shard-1=0/A,rubbish' };
    expect((await ask('{ token }', header)).body).toEqual({ data: { token: 'shard-1=0/A' } });
  });

  it('come back after writes, the later position of each shard', async () => {
    const { ask } = await start();
    const { headers, body } = await ask(
      'mutation { a: write(token: "shard-0=0/F") b: write(token: "shard-0=0/10") c: write(token: "shard-1=1/1") }',
      { 'consistency-token': 'things.shard-0=0/3' },
    );
    expect(headers.get('consistency-token')).toBe('things.shard-0=0/10,things.shard-1=1/1');
    expect(body).toMatchObject({
      data: { a: 'shard-0=0/F', b: 'shard-0=0/10', c: 'shard-0=0/10,shard-1=1/1' },
    });
  });

  it('stay away when nothing was written', async () => {
    const { ask } = await start();
    expect(
      (await ask('{ me }', { 'consistency-token': 'things.shard-0=0/3' })).headers.has('consistency-token'),
    ).toBe(false);
  });
});

describe('a trace', () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('reaches what the request leads to', async () => {
    const { ask } = await start();
    const { body } = await ask('{ traceparent }', { traceparent: trace });
    expect(body).toMatchObject({ data: { traceparent: trace } });
  });

  it.each([
    ['nobody named', {}],
    ['is malformed', { traceparent: 'trace me' }],
    ['is all zeros', { traceparent: trace.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`) }],
  ])('that %s is none', async (_, headers) => {
    const { ask } = await start();
    expect((await ask('{ traceparent }', headers)).body).toMatchObject({ data: { traceparent: null } });
  });
});

describe('health and stopping', () => {
  it('tells live, ready and everything, without an identity', async () => {
    const { get } = await start({ health: [{ name: 'database', check: async () => ({ status: 'down' }) }] });
    expect((await get('/health/live')).statusCode).toBe(200);
    expect((await get('/health/ready')).statusCode).toBe(503);
    expect(await get('/health')).toMatchObject({
      statusCode: 503,
      body: { status: 'down', checks: { database: { status: 'down', isCritical: true } } },
    });
  });

  it('shows its metrics to Prometheus, without an identity', async () => {
    const { running } = await start();
    const answer = await fetch(new URL('/metrics', running.url));
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toMatch(/^process_cpu_seconds_total\{service="things"\} /m);
  });

  it('serves the routes it was given', async () => {
    const { get } = await start({
      routes: [{ path: '/keys', answer: async () => ({ body: { keys: [] } }) }],
    });
    expect(await get('/keys')).toMatchObject({ statusCode: 200, body: { keys: [] } });
    expect((await get('/nothing')).statusCode).toBe(404);
  });

  it('finishes what is in hand before it stops, and accepts nothing new', async () => {
    const { ask, state, running } = await start();
    const asked = ask('{ slow }');
    await state.begun.promise;
    const stopped = running.stop();
    state.finish.resolve();
    expect((await asked).body).toEqual({ data: { slow: 'done' } });
    await stopped;
    await expect(ask('{ me }')).rejects.toThrow();
  });

  it('serves on after it has withdrawn, and closes each connection with its answer', async () => {
    const { ask, get, running } = await start();
    await running.withdraw(0);
    expect((await get('/health/live')).statusCode).toBe(200);
    expect((await get('/health/ready')).statusCode).toBe(503);
    const { body, headers } = await ask('{ me }');
    expect(body).toMatchObject({ data: { me: viewer.userId } });
    expect(headers.get('connection')).toBe('close');
  });

  it('aborts what does not finish in time', async () => {
    const { ask, state, running } = await start({ drainMsMax: 20 });
    const asked = ask('{ slow }');
    await state.begun.promise;
    await running.stop();
    expect(await state.aborted.promise).toMatchObject({ code: 'SERVICE_STOPPING' });
    expect(await asked).toMatchObject({
      statusCode: 503,
      body: { errors: [{ extensions: { retryable: true } }] },
    });
  });

  it('does not start on a port that is taken', async () => {
    const { running } = await start();
    await expect(start({ port: running.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('does not start when resolvers do not fit the schema', async () => {
    await expect(start({ resolvers: { Nothing: { at: () => 1 } } })).rejects.toThrow('Nothing');
    const misspelt = start({ resolvers: { Thing: { di: () => 1 } } });
    await expect(misspelt).rejects.toThrow('Thing.di');
  });
});
