import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startedGateway, type Answer } from '../testing/started-gateway.ts';

let started: Awaited<ReturnType<typeof startedGateway>>;
beforeAll(async () => {
  started = await startedGateway();
});
afterEach(() => started.graph.reset());
afterAll(async () => started.stop());

const query = '{ me { name } }';
const answered = { data: { me: { name: 'Ada' } } };
const hashOf = (text: string) => {
  const sha256Hash = createHash('sha256').update(text).digest('hex');
  return { persistedQuery: { version: 1, sha256Hash } };
};
const times = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ');

describe('an operation that asks for too much', () => {
  const bomb = `{me{...F0}} ${times(12, (i) => `fragment F${i} on User{a:name ...F${i + 1} ...F${i + 1}}`)} fragment F12 on User{id}`;
  it.each([
    ['a fragment bomb', { query: bomb }, 'OPERATION_SELECTIONS_EXCEEDED'],
    [
      'many root fields',
      { query: `{${times(60, (i) => `a${i}:me{id}`)}}` },
      'OPERATION_ROOT_FIELDS_EXCEEDED',
    ],
    ['a cycle', { query: '{me{...F}} fragment F on User{...F}' }, 'FRAGMENT_CYCLE'],
    [
      'deep variables',
      { query, variables: { a: JSON.parse('['.repeat(200) + ']'.repeat(200)) } },
      'VARIABLES_NESTING_EXCEEDED',
    ],
  ])('is refused before a subgraph is asked: %s', async (_, body, code) => {
    const { status, answer } = await started.post(body);
    expect([status, answer]).toMatchObject([400, { errors: [{ extensions: { code, retryable: false } }] }]);
    expect(answer.errors).toHaveLength(1);
    expect(started.graph.users.calls).toEqual([]);
  });

  it('is refused by its cost once it is known to be valid', async () => {
    const thrifty = await started.startAnother({ GATEWAY_OPERATION_COST_MAX: '19' });
    const ask = async (text: string): Promise<Answer> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(thrifty.url, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: text }),
      });
      return (await response.json()) as Answer;
    };
    expect((await ask('{ projects { id } }')).errors).toBeUndefined();
    expect(await ask('{ projects { owner { id } } }')).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_COST_EXCEEDED', limit: 'cost', max: 19, actual: 20 } }],
    });
    await thrifty.stop();
  });
});

it('an answer lists a bounded number of errors', async () => {
  const modest = await started.startAnother({ GATEWAY_ERRORS_MAX: '1' });
  started.graph.users.behave(() => ({ data: null, errors: [{ message: 'x' }] }));
  const response = await fetch(modest.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ a: me { nope } b: me { neither } }' }),
  });
  const { errors } = (await response.json()) as Answer;
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
    'ERRORS_OMITTED',
  ]);
  await modest.stop();
});

describe('a persisted query', () => {
  it('is found by its hash once it was sent and answered', async () => {
    const extensions = hashOf(query);
    expect(await started.post({ extensions })).toMatchObject({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
    expect((await started.post({ query, extensions })).answer).toEqual(answered);
    expect((await started.post({ extensions })).answer).toEqual(answered);
    const search = new URLSearchParams({ extensions: JSON.stringify(extensions) });
    const headers = { 'apollo-require-preflight': 'true' };
    expect(await (await fetch(`${started.base}/graphql?${search.toString()}`, { headers })).json()).toEqual(
      answered,
    );
  });

  it('is not remembered when it is not valid', async () => {
    const invalid = '{ nope }';
    const extensions = hashOf(invalid);
    expect((await started.post({ query: invalid, extensions })).code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await started.post({ extensions })).code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });
});

it('a safelist that cannot be read stops the gateway from starting', async () => {
  const starting = started.startAnother({
    GATEWAY_SAFELIST: 'known',
    GATEWAY_MANIFEST_FILES: '/nowhere.json',
  });
  await expect(starting).rejects.toMatchObject({ code: 'PERSISTED_MANIFEST_INVALID' });
});
