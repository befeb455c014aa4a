import { expect, it } from '@jest/globals';
import { newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { aMessage } from '@saas/messaging/testing';
import { groupedHandling } from './grouped-handling.ts';
import type { Message } from './message-bus.port.ts';

const [tenant, other] = [newTenantId(systemClock), newTenantId(systemClock)];
const message = (n: number, tenantId: TenantId = tenant): Message =>
  aMessage({ id: `${n}`, tenantId, stream: `a-${n}` });
const upTo = (count: number, tenantId?: TenantId) =>
  Array.from({ length: count }, (_, n) => message(n + 1, tenantId));

/** Notes what was handled, in groups; `fails` says which messages cannot be. */
const open = (fails: (message: Message) => boolean = () => false) => {
  const groups: (readonly string[])[] = [];
  const handleTogether = async (all: readonly Message[]) => {
    if (all.some(fails)) throw new Error('One of them is poison.');
    groups.push(all.map(({ id }) => id));
  };
  const handleRun = groupedHandling({ handle: (one) => handleTogether([one]), handleTogether });
  return { groups, handleRun, run: (one: Message) => handleRun([one]) };
};

it('handles what arrives together together, 50 at most', async () => {
  const { groups, run } = open();
  await Promise.all(upTo(120).map(run));
  expect(groups.map(({ length }) => length)).toEqual([50, 50, 20]);
});

it('handles a message that comes alone at once', async () => {
  const { groups, run } = open();
  await run(message(1));
  await run(message(2));
  expect(groups).toEqual([['1'], ['2']]);
});

it('never puts messages of two tenants into one group', async () => {
  const { groups, run } = open();
  await Promise.all([...upTo(3), ...upTo(2, other)].map(run));
  expect(groups).toEqual([
    ['1', '2', '3'],
    ['1', '2'],
  ]);
});

it('fails only the messages that cannot be handled', async () => {
  const { groups, run } = open(({ id }) => id === '2');
  const outcomes = await Promise.all(upTo(3).map(run));
  expect(outcomes.map(({ handled }) => handled)).toEqual([1, 0, 1]);
  expect(outcomes[1]?.failure?.error).toEqual(new Error('One of them is poison.'));
  expect(groups).toEqual([['1'], ['3']]);
});

it('hands over one by one when the subscription wants no groups', async () => {
  const handled: string[] = [];
  const run = groupedHandling({ handle: async ({ id }) => void handled.push(id) });
  await Promise.all(upTo(3).map((one) => run([one])));
  expect(handled).toEqual(['1', '2', '3']);
});

it('keeps runs whole, and groups at 50', async () => {
  const { groups, handleRun } = open();
  const runs = [upTo(20), upTo(20), upTo(20), upTo(50)];
  expect(await Promise.all(runs.map(handleRun))).toEqual(runs.map(({ length }) => ({ handled: length })));
  expect(groups.map(({ length }) => length)).toEqual([40, 20, 50]);
});

it('ends a run with the message that fails', async () => {
  const { groups, handleRun } = open(({ id }) => id === '3');
  const [bad, good] = await Promise.all([handleRun(upTo(5)), handleRun([message(6), message(7)])]);
  expect(bad).toMatchObject({ handled: 2, failure: { error: expect.any(Error) } });
  expect(good).toEqual({ handled: 2 });
  expect(groups).toEqual([['1'], ['2'], ['6'], ['7']]);
});
