import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startedGateway, type Answer } from '../testing/started-gateway.ts';

let started: Awaited<ReturnType<typeof startedGateway>>;
let open: Awaited<ReturnType<typeof started.startAnother>>;
beforeAll(async () => {
  started = await startedGateway();
  // The audits ask by simple GET requests too, as no browser that is to be kept out would differ.
  open = await started.startAnother({ GATEWAY_CSRF_PREVENTION: 'false', GATEWAY_BATCH_OPERATIONS_MAX: '3' });
});
afterEach(() => started.graph.reset());
afterAll(async () => {
  await open.stop();
  await started.stop();
});

const audits = serverAudits({ url: async () => open.url });

describe('the audits of graphql-http', () => {
  it('are all 61', () => {
    expect(audits).toHaveLength(61);
  });
  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_, __, audit) => {
    const result = await audit.fn();
    expect([result.status, 'reason' in result ? result.reason : '']).toEqual(['ok', '']);
  });
  it('fail by default only where a foreign page could ask', async () => {
    const guarded = serverAudits({ url: async () => `${started.base}/graphql` });
    const failed: string[] = [];
    for (const audit of guarded) if ((await audit.fn()).status !== 'ok') failed.push(audit.name);
    expect(failed.every((name) => name.includes('GET'))).toBe(true);
    expect(failed.length).toBeLessThanOrEqual(4);
  });
});

const post = async (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });

const me = { query: '{ me { name } }' };
const answered = { data: { me: { name: 'Ada' } } };

describe('a batch', () => {
  it('is answered in its order, each operation by itself', async () => {
    const response = await post(open.url, [me, { query: '{ nope }' }, { query: 1 }]);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([
      answered,
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      { errors: [{ extensions: { code: 'BAD_REQUEST', field: 'query' } }] },
    ]);
  });
  it.each([
    ['too long', [me, me, me, me], 'BATCH_TOO_LARGE'],
    ['empty', [], 'BAD_REQUEST'],
  ])('that is %s is refused as a whole', async (_, body, code) => {
    const response = await post(open.url, body);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code } }] },
    ]);
  });
  it('tells the client all that its operations wrote', async () => {
    started.graph.users.behave((_call, response) => {
      const wrote = ['users.shard-0=0/1A', 'users.shard-1=0/2B'][started.graph.users.calls.length % 2];
      response.setHeader('consistency-token', wrote ?? '');
      return { data: { rename: null } };
    });
    const rename = { query: 'mutation { rename(name: "Bea") { name } }' };
    const { headers } = await post(open.url, [rename, rename]);
    expect(headers.get('consistency-token')).toBe('users.shard-0=0/1A,users.shard-1=0/2B');
  });
});

describe('compression', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('of requests by %s is undone', async (encoding, compress) => {
    const response = await post(open.url, compress(JSON.stringify(me)), { 'content-encoding': encoding });
    expect(await response.json()).toEqual(answered);
  });
  it('of requests may not hide how large they are', async () => {
    const bomb = gzipSync(JSON.stringify({ query: `{ me { name } } #${' '.repeat(1_000_000)}` }));
    const response = await post(open.url, bomb, { 'content-encoding': 'gzip' });
    expect([response.status, await response.json()]).toMatchObject([
      413,
      { errors: [{ extensions: { code: 'BODY_INFLATED_TOO_LARGE' } }] },
    ]);
  });
  it('of answers is for those who want it, and for answers that are worth it', async () => {
    const types = { query: '{ __schema { types { name fields { name type { name } } } } }' };
    for (const encoding of ['br', 'gzip']) {
      const response = await post(open.url, types, { 'accept-encoding': encoding });
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(response.headers.get('vary')?.toLowerCase()).toMatch(/origin.*accept-encoding/);
      expect(((await response.json()) as Answer).data).toHaveProperty('__schema');
    }
    const small = await post(open.url, me, { 'accept-encoding': 'br' });
    expect(small.headers.get('content-encoding')).toBeNull();
    const plain = await post(open.url, types, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
  });
});

describe('GET', () => {
  const get = async (search: Readonly<Record<string, string>>) =>
    fetch(`${open.url}?${new URLSearchParams(search).toString()}`);
  it.each([
    ['in UTF-8', '%C3%A9%F0%9F%8E%89', 200],
    ['in no encoding that there is', 'a%C3b', 400],
    ['cut off in the middle of a character', '%F0%9F%8E', 400],
  ])('with text %s', async (_, text, status) => {
    const variables = `&variables={"note":"${text}"}`;
    const url = `${open.url}?query=${encodeURIComponent(me.query)}${variables}`;
    expect((await fetch(url, { headers: { 'x-apollo-operation-name': 'a' } })).status).toBe(status);
  });
  it('asks, with variables', async () => {
    const query = 'query ($first: Int) { projects(first: $first) { id } }';
    const response = await get({ query, variables: '{"first":2}', operationName: '' });
    expect(await response.json()).toEqual({ data: { projects: [{ id: 'p0' }, { id: 'p1' }] } });
  });
  it('changes nothing', async () => {
    const response = await get({ query: 'mutation { rename(name: "Bea") { name } }' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'MUTATION_BY_GET' } }] });
  });
  it('refuses variables that are no JSON', async () => {
    const response = await get({ query: '{ me { name } }', variables: '{' });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST', field: 'variables' } }] },
    ]);
  });
});

it('a client that can read none of our media types is told', async () => {
  const response = await post(open.url, me, { accept: 'text/html' });
  expect([response.status, await response.json()]).toMatchObject([
    406,
    { errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] },
  ]);
});

it('without introspection nobody learns the schema', async () => {
  const silent = await started.startAnother({ GATEWAY_INTROSPECTION: 'false' });
  const response = await post(silent.url, { query: '{ __type(name: "User") { name } }' });
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
  ]);
  expect(await (await post(silent.url, { query: '{ __typename }' })).json()).toEqual({
    data: { __typename: 'Query' },
  });
  await silent.stop();
});

describe('a body', () => {
  let roomy: typeof open;
  beforeAll(async () => {
    roomy = await started.startAnother({ GATEWAY_BODY_BYTES_MAX: '1048576' });
  });
  afterAll(async () => roomy.stop());

  it.each([
    ['of more values than the parser may be kept busy with', '[],'.repeat(100_000), 'BODY_VALUES_EXCEEDED'],
    ['of more nesting than the parser holds', '['.repeat(200_000), 'VARIABLES_NESTING_EXCEEDED'],
  ])('%s is refused before it is parsed', async (_, inside, code) => {
    const response = await post(roomy.url, `{"query":"{ me { name } }","variables":{"a":[${inside}0]}}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code } }] },
    ]);
  });
  it('holds no more values than are set, however small it is', async () => {
    const narrow = await started.startAnother({ GATEWAY_BODY_VALUES_MAX: '20' });
    const answers = [16, 17].map(async (count) => {
      const variables = { a: Array.from({ length: count }, () => 0) };
      return (await post(narrow.url, { ...me, variables })).status;
    });
    expect(await Promise.all(answers)).toEqual([200, 400]);
    await narrow.stop();
  });
  it('of many values is read', async () => {
    const variables = { a: Array.from({ length: 40_000 }, (_, index) => index) };
    expect(await (await post(roomy.url, { ...me, variables })).json()).toEqual(answered);
  });
});

it('a syntax error says where it is', async () => {
  const response = await post(open.url, { query: '{ me {\n name' });
  expect(await response.json()).toMatchObject({
    errors: [{ locations: [{ line: 2, column: 6 }], extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
  });
});

it.each(['HEAD', 'PUT', 'DELETE', 'PATCH'])('%s is not a method of the endpoint', async (method) => {
  const response = await fetch(open.url, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, OPTIONS']);
});
