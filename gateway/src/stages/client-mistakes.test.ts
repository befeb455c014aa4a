import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startedGateway, type Answer } from '../testing/started-gateway.ts';

let started: Awaited<ReturnType<typeof startedGateway>>;
beforeAll(async () => {
  started = await startedGateway();
});
beforeEach(() => {
  started.graph.reset();
  started.graph.users.calls.length = 0;
  started.graph.projects.calls.length = 0;
});
afterAll(async () => started.stop());

const since = 'query ($at: DateTime!) { since(at: $at) { id } }';
const literal = (at: string) => ({ query: `{ since(at: ${at}) { id } }` });
const moments = [
  '"yesterday"',
  '"2026-02-30T00:00:00Z"',
  '"2026-01-01"',
  '"0000-12-31T23:59:59Z"',
  '"9999-12-31T23:59:59-01:00"',
  '"0001-01-01T00:00:00+00:01"',
  '42',
];

describe.each(['stock', 'own'])('the engine "%s"', (engine) => {
  let gateway: Awaited<ReturnType<typeof started.startAnother>>;
  beforeAll(async () => {
    gateway = await started.startAnother({ GATEWAY_ENGINE: engine });
  });
  afterAll(async () => gateway.stop());

  const ask = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, ...((await response.json()) as Answer) };
  };

  it.each<[string, object, string]>([
    [
      'an unknown operation',
      { query: 'query A { me { id } }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'none of several',
      { query: 'query A { me { id } } query B { me { id } }' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['two without a name', { query: '{ me { id } } { me { name } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a type of operation that there is not', { query: 'subscription { x }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'one beside such an operation',
      { query: 'query A { me { id } } subscription B { x }', operationName: 'A' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a page that nobody could read',
      { query: '{ projects(first: 1000000) { owner { name } } }' },
      'OPERATION_COST_EXCEEDED',
    ],
    ...moments.map((at): [string, object, string] => [
      `the moment ${at}`,
      literal(at),
      'GRAPHQL_VALIDATION_FAILED',
    ]),
    ...moments.map((at): [string, object, string] => [
      `the moment ${at} in a variable`,
      { query: since, variables: { at: JSON.parse(at) as unknown } },
      'BAD_USER_INPUT',
    ]),
  ])('is not asked for %s', async (_, body, code) => {
    const { status, errors = [] } = await ask(body);
    expect([status, errors[0]]).toMatchObject([400, { extensions: { code, retryable: false } }]);
    expect(new Set(errors.map(({ extensions }) => extensions['code'])).size).toBe(1);
    expect([...started.graph.users.calls, ...started.graph.projects.calls]).toEqual([]);
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-01-01T12:00:00.123456+02:00'])(
    'passes the moment %s on',
    async (at) => {
      started.graph.users.behave(() => ({ data: { since: { __typename: 'User', id: 'u1' } } }));
      const answered = { status: 200, data: { since: { id: 'u1' } } };
      expect(await ask({ query: since, variables: { at } })).toEqual(answered);
      expect(started.graph.users.calls[0]?.variables).toEqual({ at });
      expect(await ask(literal(JSON.stringify(at)))).toEqual(answered);
    },
  );

  it('keeps the fields of subgraphs out of paths', async () => {
    const extensions = { code: 'USER_NOT_FOUND', retryable: false };
    const failure = { message: 'There is no such user.', path: ['_entities'], extensions };
    started.graph.users.behave(() => ({ data: null, errors: [failure] }));
    const { errors = [] } = await ask({ query: '{ projects { owner { name } } }' });
    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain('_entities');
    expect(errors[0]?.path?.[0]).toBe('projects');
  });
});

it('an empty content type is refused as one that is not supported', async () => {
  const reply = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const headers = { 'content-type': '', 'content-length': '2' };
    const request = httpRequest(`${started.base}/graphql`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end('{}');
  });
  expect([reply.status, JSON.parse(reply.text)]).toMatchObject([
    415,
    { errors: [{ extensions: { code: 'CONTENT_TYPE_UNSUPPORTED', retryable: false } }] },
  ]);
});
