import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { someViewer, startedGateway, type Answer } from '../testing/started-gateway.ts';

const DEADLINE_MS = 60_000;
/** Room for one, and for one who waits. */
const NARROW = {
  GATEWAY_OVERLOAD_OPERATIONS_MIN: '1',
  GATEWAY_OVERLOAD_OPERATIONS_START: '1',
  GATEWAY_OVERLOAD_OPERATIONS_MAX: '1',
  GATEWAY_OVERLOAD_QUEUE_MAX: '1',
  GATEWAY_OVERLOAD_QUEUE_MS_MAX: '60000',
  GATEWAY_OVERLOAD_UNREADY_AFTER_MS: '1000',
};

let started: Awaited<ReturnType<typeof startedGateway>>;
let narrow: Awaited<ReturnType<typeof started.startAnother>>;
/** Subgraph calls that nobody has answered yet. */
let hanging: ServerResponse[] = [];
beforeAll(async () => {
  started = await startedGateway();
});
afterEach(async () => {
  release();
  await narrow.stop();
  started.graph.reset();
});
afterAll(async () => started.stop());

const me = { query: '{ me { name } }' };
const rename = { query: 'mutation { rename(name: "Ada") { name } }' };
const answerOf = (call: { readonly query: string }) =>
  call.query.startsWith('mutation')
    ? { data: { rename: { name: 'Ada' } } }
    : { data: { me: { name: 'Ada' } } };

const hang = (): void => {
  started.graph.users.behave((call, response) => {
    response.once('release', () =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answerOf(call))),
    );
    hanging.push(response);
    return undefined;
  });
};
const release = (): void => {
  started.graph.users.behave(answerOf);
  for (const response of hanging) response.emit('release');
  hanging = [];
};

const ask = async (
  body: object,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal | null = null,
) => {
  const response = await fetch(narrow.url, {
    signal,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, answer: (await response.json()) as Answer };
};
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const giveUpAt = performance.now() + DEADLINE_MS / 2;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('It did not come to that.');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const waiting = async (): Promise<number> => {
  const page = await (await fetch(new URL('/metrics', narrow.url))).text();
  const lines = page.split('\n').filter((line) => line.startsWith('gateway_overload_waiting_operations{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};
/** One that is served as long as it pleases us, and one that waits behind it. */
const fill = async (second: object = me, headers = {}) => {
  hang();
  const first = ask(me);
  await until(() => hanging.length === 1);
  const next = ask(second, headers);
  await until(async () => (await waiting()) === 1);
  return { first, next };
};

describe('a gateway with more to do than it can', () => {
  it(
    'refuses with a status, a code and a time to come again, in the media type that is asked for',
    async () => {
      narrow = await started.startAnother(NARROW);
      const accept = 'application/graphql-response+json';
      const { first, next } = await fill(me, { accept });
      const third = ask(me);
      const refused = await next;
      expect([refused.status, refused.answer]).toMatchObject([
        503,
        { errors: [{ extensions: { code: 'GATEWAY_OVERLOADED', retryable: true } }] },
      ]);
      expect(refused.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
      expect(refused.headers.get('retry-after')).toMatch(/^[1-3]$/);
      release();
      expect([(await first).status, (await third).status]).toEqual([200, 200]);
    },
    DEADLINE_MS,
  );

  it(
    'serves a mutation first, though queries have come before it',
    async () => {
      narrow = await started.startAnother({ ...NARROW, GATEWAY_OVERLOAD_QUEUE_MAX: '10' });
      hang();
      const leaving = new AbortController();
      const first = ask(me, {}, leaving.signal).catch(() => 'has left');
      await until(() => hanging.length === 1);
      const authorization = `Bearer ${await started.tokenOf(someViewer())}`;
      const queries = [ask(me), ask(me, { authorization })];
      const mutation = ask(rename);
      await until(async () => (await waiting()) === 3);
      started.graph.users.behave(answerOf);
      leaving.abort();
      expect(await first).toBe('has left');
      expect((await mutation).status).toBe(200);
      expect(started.graph.users.calls[0]?.query).toContain('mutation');
      // By now they may have waited for too long.
      for (const { status } of await Promise.all(queries)) expect([200, 503]).toContain(status);
    },
    DEADLINE_MS,
  );

  it(
    'turns most requests away unread, says that it is not ready, and stays alive',
    async () => {
      narrow = await started.startAnother({ ...NARROW, GATEWAY_OVERLOAD_QUEUE_MS_MAX: '100' });
      const { first } = await fill();
      let unread: Awaited<ReturnType<typeof ask>> | undefined;
      const pushing = async (): Promise<void> => {
        while (unread === undefined || (await fetch(new URL('/health/ready', narrow.url))).status === 200) {
          const refused = await ask(me);
          if (refused.status === 503 && refused.headers.get('x-request-id') === null) unread = refused;
        }
      };
      await Promise.all(Array.from({ length: 4 }, pushing));
      expect(unread?.answer).toMatchObject({
        errors: [{ extensions: { code: 'GATEWAY_OVERLOADED', retryable: true } }],
      });
      expect(unread?.headers.get('retry-after')).toMatch(/^[1-3]$/);
      expect(unread?.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect((await fetch(new URL('/health/live', narrow.url))).status).toBe(200);
      release();
      expect((await first).status).toBe(200);
      await until(async () => (await fetch(new URL('/health/ready', narrow.url))).status === 200);
      await until(async () => (await ask(me)).status === 200);
    },
    DEADLINE_MS,
  );
});
