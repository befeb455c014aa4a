import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConsistencyTokens } from '@saas/kernel';
import { callSettingsOf, defaultGatewayYaml } from '../gateway-yaml.ts';
import { until } from '../supergraph/until.fixture.ts';
import { layers } from './layers.ts';
import { callsToServer, rawServer, type CallsToServer } from './upstream-calls.fixture.ts';

const query = '{ me { id } }';
const ok = '{"data":{"me":{"id":"u1"}}}';
const me = { me: { id: 'u1' } };
const limits = { timeoutMs: 5_000, responseBytesMax: 1_000, connectionsMax: 4 };

let calls: CallsToServer;
beforeAll(async () => {
  calls = await callsToServer();
});
afterAll(async () => calls.stop());

const answers = (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  calls.answerWith((response) => void response.writeHead(status, headers).end(body));
const call = async (request: object = {}, context = calls.context()) =>
  calls.client().call({ query, ...request }, context);
const graphql = { 'content-type': 'application/graphql-response+json; charset=utf-8' };
const failed = '{"errors":[{"message":"No.","extensions":{"code":"NOT_NOW"}}]}';

describe('an answer', () => {
  it('is read, with what the query, its variables and representations said', async () => {
    const variables = { n: [1], gone: undefined, representations: [{ __typename: 'User', id: '"1"' }] };
    const representationsJson = variables.representations.map((each) => JSON.stringify(each));
    answers(200, '{"data":{"_entities":[null]}}');
    await call({ variables, representationsJson, operationName: 'Q' });
    await call({ variables });
    await call({ representationsJson });
    await call();
    const sent = calls.received.map(({ body }) => JSON.parse(body) as unknown);
    const known = { n: [1], representations: variables.representations };
    expect(sent).toEqual([
      { query, operationName: 'Q', variables: known },
      { query, variables: known },
      { query, variables: { representations: known.representations } },
      { query, variables: {} },
    ]);
    expect(calls.received[0]?.request.url).toBe('/graphql?x=1');
  });

  it.each([
    ['in chunks without a length', ['{"data":{"me":', '{"id":"u1"}}}']],
    ['with a byte order mark', ['\uFEFF', ok]],
    ['with a key twice, of which the last counts', ['{"data":null,', ok.slice(1)]],
  ])('may come %s', async (_, parts) => {
    calls.answerWith((response) => {
      for (const part of parts) response.write(part);
      response.end();
    });
    await expect(call()).resolves.toEqual({ data: me, errors: [] });
  });

  it('may split a character between two chunks', async () => {
    const bytes = Buffer.from('{"data":{"me":{"id":"ü€😀"}}}');
    calls.answerWith((response) => {
      response.writeHead(200, { 'content-length': bytes.byteLength });
      response.write(bytes.subarray(0, 23));
      setImmediate(() => response.end(bytes.subarray(23)));
    });
    await expect(call()).resolves.toMatchObject({ data: { me: { id: 'ü€😀' } } });
  });

  it('cannot reach the prototypes of anything', async () => {
    answers(200, '{"data":{"__proto__":{"polluted":1},"me":null},"__proto__":{"errors":[{}]}}');
    const { data, errors } = await call();
    expect(Object.keys(data ?? {})).toEqual(['__proto__', 'me']);
    expect(errors).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([
    [400, {}],
    [422, graphql],
    [500, graphql],
  ])('of status %s may bring errors', async (status, headers) => {
    answers(status, failed, headers);
    await expect(call()).resolves.toMatchObject({ errors: [{ extensions: { code: 'NOT_NOW' } }] });
  });

  it('tells how far its writes are to be seen, for the subgraph itself alone', async () => {
    answers(200, ok, { 'consistency-token': 'users.shard-0=0/1A,projects.shard-0=0/FF' });
    const context = calls.context();
    await call({}, context);
    expect(context.tokens.all()).toEqual(parseConsistencyTokens('users.shard-0=0/1A'));
  });
});

describe('what is no answer', () => {
  const long = `{"data":{"me":{"id":"${'x'.repeat(2_000)}"}}}`;
  it.each([
    ['a page', 200, '<!doctype html><p>nginx at 10.0.0.1</p>', {}, 'it is no JSON'],
    ['an error of a proxy', 500, failed, { 'content-type': 'application/json' }, 'its status'],
    ['a redirect', 301, ok, { location: '/elsewhere' }, 'its status'],
    ['a redirect that says it is GraphQL', 302, ok, { ...graphql, location: '/elsewhere' }, 'its status'],
    ['nothing', 204, '', {}, 'its status'],
    ['an empty body', 200, '', {}, 'it is no JSON'],
    ['a list', 200, '[]', {}, 'it is no GraphQL'],
    ['data that is text', 200, '{"data":"x"}', {}, 'its data is no object'],
    ['errors that are no list', 200, '{"data":{},"errors":{}}', {}, 'its errors are no list'],
    ['neither data nor errors', 200, '{"data":null}', {}, 'neither data nor errors'],
    ['a refusal without errors', 400, ok, {}, 'neither data nor errors'],
    ['another encoding', 200, gzipSync(ok), { 'content-encoding': 'gzip' }, 'was not asked for'],
    ['text that is not UTF-8', 200, Buffer.from([0x7b, 0xff, 0x7d]), {}, 'not in UTF-8'],
    [
      'a body that says it is too large',
      200,
      long,
      { 'content-length': `${long.length}` },
      'ANSWER_TOO_LARGE',
    ],
    ['a body that turns out too large', 200, long, { 'transfer-encoding': 'chunked' }, 'ANSWER_TOO_LARGE'],
  ])('%s: the client learns nothing of it, the log why', async (_, status, body, headers, reason) => {
    answers(status, body, headers);
    await expect(call()).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', fields: {} });
    expect(calls.received).toHaveLength(1);
    expect(calls.logged()).toContain(reason);
  });

  it('a nesting that would hold up everybody', async () => {
    const client = calls.client({ responseBytesMax: 1_000_000 });
    answers(200, `{"data":{"me":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`);
    await expect(client.call({ query }, calls.context())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      cause: { fields: { reason: 'it is nested too deeply' } },
    });
  });

  it.each([{ variables: { representations: [{}] } }, { representationsJson: ['{}'] }])(
    'fewer entities than were asked for by %j',
    async (request) => {
      answers(200, '{"data":{"_entities":[]}}');
      await expect(call(request)).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    },
  );

  it('entities that are missing are excused by an error', async () => {
    answers(200, `{"data":{"_entities":null},${failed.slice(1)}`);
    await expect(call({ variables: { representations: [{}] } })).resolves.toMatchObject({ errors: [{}] });
  });
});

describe('a connection', () => {
  it('that is refused makes the subgraph unavailable', async () => {
    const gone = await rawServer(() => undefined);
    await gone.stop();
    await expect(calls.client({ url: gone.url }).call({ query }, calls.context())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n';
  it('that is closed is replaced when the layers send the query again', async () => {
    const server = await rawServer((socket, requests) =>
      requests === 1 ? socket.resetAndDestroy() : socket.write(`${head}${ok}`),
    );
    const settings = callSettingsOf(defaultGatewayYaml(), 'users', limits);
    const client = calls.client({ url: server.url, layers: layers(settings) });
    await expect(client.call({ query }, calls.context())).resolves.toMatchObject({ data: me });
    expect(server.requests()).toBe(2);
    await server.stop();
  });

  it.each([
    ['before an answer', query, ''],
    ['before the answer of a mutation', 'mutation { a }', ''],
    ['in the middle of the headers', query, 'HTTP/1.1 200 OK\r\nconte'],
    ['in the middle of the body', query, `${head}{"data"`],
  ])('that is closed %s is not replaced without them', async (_, operation, bytes) => {
    const server = await rawServer((socket) => {
      socket.write(bytes, () => socket.resetAndDestroy());
    });
    const client = calls.client({ url: server.url });
    await expect(client.call({ query: operation }, calls.context())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
    expect(server.requests()).toBe(1);
    await server.stop();
  });

  it('outlives a request that was given up while it waited for it', async () => {
    const held: (() => void)[] = [];
    const server = await rawServer((socket) => held.push(() => socket.write(`${head}${ok}`)));
    const client = calls.client({ url: server.url, connectionsMax: 1 });
    const leaving = new AbortController();
    const first = client.call({ query }, calls.context());
    const second = client.call({ query }, calls.context({ signal: leaving.signal }));
    const third = client.call({ query }, calls.context());
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await until(() => held.length === 1);
    held[0]?.();
    await first;
    await until(() => held.length === 2);
    held[1]?.();
    await expect(third).resolves.toMatchObject({ data: me });
    expect([server.connections(), server.requests()]).toEqual([1, 2]);
    await server.stop();
  });
});

describe('a call', () => {
  it('ends at its deadline though the body keeps dripping', async () => {
    calls.answerWith((response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.once('close', () => clearInterval(drip));
    });
    const late = calls.client({ timeoutMs: 60 }).call({ query: 'mutation { a }' }, calls.context());
    await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it('is not sent for a client that has left, nor when no time is left', async () => {
    answers(200, ok);
    const signal = AbortSignal.abort();
    await expect(call({}, calls.context({ signal }))).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    const deadlineAtMs = performance.now();
    await expect(call({}, calls.context({ deadlineAtMs }))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    expect(calls.received).toEqual([]);
  });

  it('of a mutation goes on when the client leaves; of a query it does not', async () => {
    const leaving = new AbortController();
    const closed: Promise<void>[] = [];
    const held: (() => void)[] = [];
    const arrived = new Promise<void>((resolve) =>
      calls.answerWith((response) => {
        closed.push(new Promise((done) => response.once('close', done)));
        held.push(() => response.end(ok));
        if (held.length === 2) resolve();
      }),
    );
    const context = calls.context({ signal: leaving.signal });
    const write = call({ query: 'mutation { a }' }, context);
    const read = call({ kind: 'query' }, context);
    await arrived;
    leaving.abort();
    await expect(read).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await Promise.race(closed);
    for (const answer of held) answer();
    await expect(write).resolves.toMatchObject({ data: me });
  });
});

describe('the headers of a call', () => {
  it('are ours, and of the client only what is listed', async () => {
    answers(200, ok);
    const headers = {
      propagate: [
        'Authorization',
        'x-tenant',
        'host',
        'X-Internal-Identity',
        'connection',
        'accept-language',
      ],
      insert: { 'X-Tenant': 'fixed', 'content-length': '1', 'x-key': 'k' },
    };
    const clientHeaders = {
      authorization: 'Bearer a',
      'x-tenant': 'forged',
      host: 'evil',
      'x-internal-identity': 'forged',
      connection: 'close',
      cookie: 'a=b',
      'accept-language': 'de\u0000',
    };
    await calls.client({ headers }).call({ query }, calls.context({ clientHeaders }));
    const { host, ...sent } = calls.received[0]?.request.headers ?? {};
    expect(host).toMatch(/^127\.0\.0\.1:/);
    expect(sent).toEqual({
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': String(JSON.stringify({ query, variables: {} }).length),
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'accept-encoding': 'identity',
      'x-request-id': 'request-1',
      'x-deadline-ms': expect.stringMatching(/^\d+$/),
      authorization: 'Bearer a',
      'x-tenant': 'fixed',
      'x-key': 'k',
    });
  });

  it('carry cookies when they are listed', async () => {
    answers(200, ok);
    const client = calls.client({ headers: { propagate: ['cookie'] } });
    await client.call({ query }, calls.context({ clientHeaders: { cookie: ['a=b', 'c=d'] } }));
    expect(calls.received[0]?.request.headers.cookie).toBe('a=b; c=d');
  });
});
