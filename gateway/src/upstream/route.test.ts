import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '../supergraph/until.fixture.ts';
import { openDetours } from './detours.ts';
import { callsToServer, type CallsToServer } from './upstream-calls.fixture.ts';

let here: CallsToServer;
let aside: CallsToServer;
beforeAll(async () => {
  [here, aside] = await Promise.all([callsToServer(), callsToServer()]);
});
afterAll(async () => {
  await Promise.all([here.stop(), aside.stop()]);
});

const seen = () => [here.received.length, aside.received.length];
const forget = () => {
  for (const server of [here, aside]) server.answerWith((response) => void response.end('{"data":{}}'));
};

it('takes calls aside and back, path and all, for one subgraph alone', async () => {
  forget();
  const detours = openDetours();
  const client = here.client({ detours });
  const other = here.client({ detours, name: 'projects' });
  const call = async () => client.call({ query: '{ me }' }, here.context());
  await call();
  const end = detours.begin('users', aside.origin);
  await call();
  await other.call({ query: '{ me }' }, here.context());
  expect(seen()).toEqual([2, 1]);
  expect(aside.received[0]?.request.url).toBe('/graphql?x=1');
  end?.();
  await call();
  expect(seen()).toEqual([3, 1]);
});

it('begins aside when it is opened in the middle of a detour', async () => {
  forget();
  const detours = openDetours();
  const end = detours.begin('users', aside.origin);
  const client = here.client({ detours });
  await client.call({ query: '{ me }' }, here.context());
  end?.();
  await client.call({ query: '{ me }' }, here.context());
  expect(seen()).toEqual([1, 1]);
});

it('lets a call end where it began', async () => {
  forget();
  const detours = openDetours();
  const client = here.client({ detours });
  const end = detours.begin('users', aside.origin);
  let answer = (): void => undefined;
  aside.answerWith((response) => {
    answer = () => void response.end('{"data":{"me":1}}');
  });
  const called = client.call({ query: '{ me }' }, here.context());
  await until(() => aside.received.length === 1);
  end?.();
  answer();
  expect(await called).toMatchObject({ data: { me: 1 } });
  expect(seen()).toEqual([0, 1]);
});

it('cuts off what is aside when it is closed', async () => {
  forget();
  const detours = openDetours();
  const client = here.client({ detours });
  detours.begin('users', aside.origin);
  aside.answerWith(() => undefined);
  const called = client.call({ query: '{ me }' }, here.context());
  const failed = expect(called).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
  await until(() => aside.received.length === 1);
  await client.close();
  await failed;
});

it('has one detour at a time', () => {
  const detours = openDetours();
  const end = detours.begin('users', aside.origin);
  expect(detours.begin('users', 'http://127.0.0.1:1')).toBeUndefined();
  expect(detours.begin('projects', 'http://127.0.0.1:1')).toBeDefined();
  end?.();
  expect(detours.begin('users', 'http://127.0.0.1:1')).toBeDefined();
});
