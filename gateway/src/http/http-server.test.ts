import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../supergraph/until.fixture.ts';
import { startedGateway } from '../testing/started-gateway.ts';

let started: Awaited<ReturnType<typeof startedGateway>>;
beforeAll(async () => {
  started = await startedGateway();
});
afterEach(() => started.graph.reset());
afterAll(async () => started.stop());

describe('HTTP', () => {
  it.each([
    ['malformed JSON', '{"query":', {}, 400, 'BAD_REQUEST'],
    ['an empty object', '{}', {}, 400, 'BAD_REQUEST'],
    [
      'another content type',
      'query={me{name}}',
      { 'content-type': 'text/plain' },
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ],
    [
      'a body that is not compressed as it says',
      '{}',
      { 'content-encoding': 'gzip' },
      400,
      'BODY_ENCODING_INVALID',
    ],
    ['an encoding that nobody knows', '{}', { 'content-encoding': 'zip' }, 415, 'BODY_ENCODING_UNSUPPORTED'],
    ['a large body', JSON.stringify({ query: '#'.repeat(20_000) }), {}, 413, 'BODY_TOO_LARGE'],
    ['a batch', '[{"query":"{ me { name } }"}]', {}, 400, 'BATCH_NOT_SUPPORTED'],
    ['a syntax error', '{"query":"{"}', {}, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{"query":"{ nope }"}', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a wrong variable',
      '{"query":"query($n:Int){projects(first:$n){id}}","variables":{"n":"x"}}',
      {},
      400,
      'BAD_USER_INPUT',
    ],
  ])('refuses %s with a permanent code', async (_, body, headers, status, code) => {
    started.graph.reset();
    const response = await started.post(body, headers);
    expect([response.status, response.code]).toEqual([status, code]);
    expect(response.answer.errors?.[0]?.extensions['retryable']).toBe(false);
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{8,64}$/);
    expect([...started.graph.users.calls, ...started.graph.projects.calls]).toEqual([]);
  });

  it('stops reading a body that is sent in pieces and grows too large', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const request = httpRequest(
        `${started.base}/graphql`,
        { method: 'POST', headers },
        ({ statusCode }) => {
          request.destroy();
          resolve(statusCode);
        },
      );
      request.on('error', reject);
      request.write(' '.repeat(30_000));
    });
    expect(status).toBe(413);
  });

  it('says when headers are larger than it reads', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'x-large': 'x'.repeat(100_000) };
      httpRequest(`${started.base}/graphql`, { headers }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(431);
  });

  it('answers unknown paths and methods in the same shape', async () => {
    const unknown = await fetch(`${started.base}/nowhere`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ errors: [{ extensions: { code: 'ROUTE_NOT_FOUND' } }] });
    const bad = await fetch(`${started.base}/%E0%A4%A`);
    expect([bad.status, await bad.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
    const put = await fetch(`${started.base}/graphql`, { method: 'PUT', body: '{}' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST, OPTIONS']);
  });

  it('serves simple GET requests only to callers that no foreign page can imitate', async () => {
    const url = `${started.base}/graphql?query={me{name}}`;
    expect((await fetch(url)).status).toBe(400);
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await response.json()).toEqual({ data: { me: { name: 'Ada' } } });
  });

  it('lets the listed origins read answers, and no others', async () => {
    const preflight = async (origin: string) => {
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-private-network': 'true',
      };
      const response = await fetch(`${started.base}/graphql`, { method: 'OPTIONS', headers });
      return [response.status, response.headers.get('access-control-allow-origin')];
    };
    expect(await preflight('https://studio.apollographql.com')).toEqual([
      204,
      'https://studio.apollographql.com',
    ]);
    expect(await preflight('https://evil.example')).toEqual([204, null]);
    const { headers } = await started.post('{', { origin: 'https://studio.apollographql.com' });
    expect(headers.get('access-control-allow-origin')).toBe('https://studio.apollographql.com');
    expect(headers.get('access-control-expose-headers')).toContain('consistency-token');
  });

  it('leads browsers to GraphiQL', async () => {
    const response = await fetch(`${started.base}/graphql`, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/graphiql']);
  });

  it('answers introspection', async () => {
    const { answer } = await started.post({ query: '{ __type(name: "User") { name fields { name } } }' });
    expect(answer.data).toEqual({ __type: { name: 'User', fields: [{ name: 'id' }, { name: 'name' }] } });
  });

  it('logs one line per request, without its query or token', async () => {
    await started.post(
      { query: '{ me { name } } # canary' },
      { 'x-request-id': 'request-0042', authorization: 'Bearer canary2' },
    );
    const lines = () => started.logLines().filter(({ requestId }) => requestId === 'request-0042');
    await until(() => lines().length > 0);
    expect(lines()).toMatchObject([{ msg: 'request', status: 401, method: 'POST' }]);
    expect(JSON.stringify(started.logLines())).not.toContain('canary');
  });
});

describe('health', () => {
  it('shows each subgraph with its database nodes and response time', async () => {
    const response = await fetch(`${started.base}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'up',
      checks: {
        users: {
          status: 'up',
          responseTimeMs: expect.any(Number),
          parts: [{ name: 'shard-0.primary', status: 'up', details: { lagMs: 0 } }],
        },
        projects: { status: 'up' },
      },
    });
    expect((await fetch(`${started.base}/health/live`)).status).toBe(200);
    expect((await fetch(`${started.base}/health/ready`)).status).toBe(200);
  });
});

it('shows its metrics to Prometheus', async () => {
  const answer = await fetch(`${started.base}/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await answer.text()).toMatch(/^process_cpu_seconds_total\{service="gateway"\} /m);
});
