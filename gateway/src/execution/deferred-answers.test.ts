import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { usersAnswer } from '../testing/fake-graph.ts';
import { startedGateway } from '../testing/started-gateway.ts';

let started: Awaited<ReturnType<typeof startedGateway>>;
beforeAll(async () => {
  started = await startedGateway();
});
afterEach(() => started.graph.reset());
afterAll(async () => started.stop());

const query = `query ($if: Boolean = true) {
  projects { id owner { ... on User @defer(if: $if, label: "name") { name } } }
}`;
const ada = { id: 'p0', owner: { name: 'Ada' } };
const whole = { data: { projects: [ada, { ...ada, id: 'p1' }] } };
const accept = 'multipart/mixed;deferSpec=20220824, application/json';

const ask = async (body: object, headers: Readonly<Record<string, string>> = { accept }) =>
  fetch(`${started.base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** The parts of a multipart body, one after the other, as they come. */
const partsOf = async function* (response: Response): AsyncGenerator<Record<string, unknown>> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\r\n---', 1); end >= 0; end = text.indexOf('\r\n---', 1)) {
      const json = text.slice(0, end).split('\r\n\r\n')[1];
      text = text.slice(end);
      if (json !== undefined) yield JSON.parse(json) as Record<string, unknown>;
    }
  }
  expect(text).toBe('\r\n-----\r\n');
};

describe('an answer in parts', () => {
  it('gives what is there, before what is not', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    started.graph.users.behave((call, response) => {
      void held.then(() => response.end(JSON.stringify(usersAnswer(call))));
    });
    const response = await ask({ query });
    expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; deferSpec=20220824');
    const parts = partsOf(response);
    expect((await parts.next()).value).toEqual({
      data: {
        projects: [
          { id: 'p0', owner: {} },
          { id: 'p1', owner: {} },
        ],
      },
      hasNext: true,
    });
    release();
    const rest: Record<string, unknown>[] = [];
    for await (const part of parts) rest.push(part);
    expect(rest.flatMap(({ incremental }) => incremental)).toEqual([
      { label: 'name', path: ['projects', 0, 'owner'], data: { name: 'Ada' } },
      { label: 'name', path: ['projects', 1, 'owner'], data: { name: 'Ada' } },
    ]);
    expect(rest.map(({ hasNext }) => hasNext)).toEqual([...rest.slice(1).map(() => true), false]);
  });

  it('tells in each part what went wrong there', async () => {
    started.graph.users.behave((_call, response) => void response.writeHead(503).end());
    const parts: Record<string, unknown>[] = [];
    for await (const part of partsOf(await ask({ query }))) parts.push(part);
    expect(parts[0]).not.toHaveProperty('errors');
    expect(parts.slice(1).flatMap(({ incremental }) => incremental)).toMatchObject([
      {
        path: ['projects', 0, 'owner'],
        data: { name: null },
        errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      },
      {
        path: ['projects', 1, 'owner'],
        data: { name: null },
        errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      },
    ]);
    expect(parts.at(-1)?.['hasNext']).toBe(false);
  });

  it.each<[string, object, Readonly<Record<string, string>>]>([
    ['the client takes no parts', { query }, {}],
    ['nothing is deferred after all', { query, variables: { if: false } }, { accept }],
    ['nothing is deferred at all', { query: '{ projects { id owner { name } } }' }, { accept }],
  ])('is a whole one when %s', async (_, body, headers) => {
    const response = await ask(body, headers);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual(whole);
  });

  it('is none when the request is refused', async () => {
    const response = await ask({ query: '{ nope ... @defer { nope } }' });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, {}],
    });
  });
});
