import { expect, it } from '@jest/globals';
import { silentMeter, type Meter } from '@saas/kernel';
import { aMessage } from '@saas/messaging/testing';
import { memoryMessageBus, memoryOutbox, startOutboxRelay, type Message, type MessageBus } from './index.ts';

const message = (id: string, sequence: number, stream: Message['stream'] = 'a-1'): Message =>
  aMessage({ id, stream, sequence });

/** A bus that refuses a few times before it works, and says when it has confirmed `count` messages. */
const flaky = (refusals: number, count: number) => {
  const sent: string[] = [];
  let left = refusals;
  let done = (): void => undefined;
  const allSent = new Promise<void>((resolve) => (done = resolve));
  const bus: MessageBus = {
    ...memoryMessageBus(),
    publish: async (batch) => {
      if ((left -= 1) >= 0) throw new Error('channel closed');
      sent.push(...batch.map(({ id }) => id));
      if (sent.length >= count) done();
      return new Set(batch.map(({ id }) => id));
    },
  };
  return { bus, sent, allSent };
};

it('keeps what the broker refused and sends it again', async () => {
  const { bus, sent, allSent } = flaky(2, 2);
  const errors: unknown[] = [];
  const outbox = memoryOutbox([message('1', 1), message('2', 2)]);
  const relay = startOutboxRelay({ outbox, bus, idleMs: 1, onError: (error) => errors.push(error) });
  await allSent;
  await relay.stop();
  expect({ sent, errors: errors.length }).toEqual({ sent: ['1', '2'], errors: 2 });
});

it('does not wait out its idle time when it is woken', async () => {
  const { bus, sent, allSent } = flaky(0, 1);
  const messages: Message[] = [];
  const relay = startOutboxRelay({
    outbox: memoryOutbox(messages),
    bus,
    idleMs: 3_600_000,
    onError: () => undefined,
  });
  messages.push(message('1', 1));
  relay.wake();
  await allSent;
  await relay.stop();
  expect(sent).toEqual(['1']);
});

/** A bus that confirms what is not of a refused stream, and says when `isEnough`. */
const refusing = (refused: Set<string>, isEnough: (sent: readonly Message[]) => boolean) => {
  const sent: Message[] = [];
  const batches: number[] = [];
  let done = (): void => undefined;
  const enough = new Promise<void>((resolve) => (done = resolve));
  const bus: MessageBus = {
    ...memoryMessageBus(),
    publish: async (batch) => {
      batches.push(batch.length);
      const taken = batch.filter(({ stream }) => !refused.has(stream));
      sent.push(...taken);
      if (isEnough(sent)) done();
      return new Set(taken.map(({ id }) => id));
    },
  };
  return { bus, sent, batches, enough };
};
const many = (stream: Message['stream'], count: number) =>
  Array.from({ length: count }, (_, n) => message(`${stream} ${n + 1}`, n + 1, stream));

it('lets others pass a stream that fills a whole batch and is refused, and keeps its order afterwards', async () => {
  const refused = new Set(['bad-1']);
  const { bus, sent, enough } = refusing(refused, (all) => all.length === 1_010);
  const onlyGood = (): boolean => sent.length === 10 && refused.delete('bad-1');
  const watched: MessageBus = {
    ...bus,
    publish: async (batch) => {
      const confirmed = await bus.publish(batch);
      onlyGood();
      return confirmed;
    },
  };
  const outbox = memoryOutbox([...many('bad-1', 1_000), ...many('good-1', 10)]);
  const relay = startOutboxRelay({ outbox, bus: watched, idleMs: 1, onError: () => undefined });
  await enough;
  await relay.stop();
  expect(sent.map(({ id }) => id)).toEqual(
    [...many('good-1', 10), ...many('bad-1', 1_000)].map(({ id }) => id),
  );
});

it('sends batch after batch without waiting while there is work', async () => {
  const { bus, batches, enough } = refusing(new Set(), (all) => all.length === 1_000);
  const outbox = memoryOutbox(many('a-1', 1_000));
  const relay = startOutboxRelay({ outbox, bus, idleMs: 3_600_000, onError: () => undefined });
  await enough;
  await relay.stop();
  expect(batches).toEqual([500, 500]);
});

it('stops while it waits for the bus to take something again', async () => {
  const { bus, enough } = refusing(new Set(['a-1']), () => true);
  const outbox = memoryOutbox([message('1', 1)]);
  const relay = startOutboxRelay({ outbox, bus, idleMs: 3_600_000, onError: () => undefined });
  await enough;
  await relay.stop();
  expect((await outbox.backlog()).waiting).toBe(1);
});

it('counts what is published, what is not confirmed and what waits', async () => {
  const counted = new Map<string, number>();
  const read = new Map<string, () => unknown>();
  const meter: Meter = {
    ...silentMeter,
    counter:
      ({ name }) =>
      (_, by = 1) =>
        void counted.set(name, (counted.get(name) ?? 0) + by),
    gauge: ({ name }, reader) => void read.set(name, reader),
  };
  const { bus, enough } = refusing(new Set(['bad-1']), () => true);
  const outbox = memoryOutbox([message('1', 1, 'bad-1'), message('2', 1, 'good-1')]);
  const relay = startOutboxRelay({ outbox, bus, idleMs: 1, onError: () => undefined, shard: 's', meter });
  await enough;
  await relay.stop();
  expect(counted.get('outbox_published_messages_total')).toBe(1);
  expect(counted.get('outbox_unconfirmed_messages_total')).toBeGreaterThan(0);
  const sample = (value: number) => [{ labels: { shard: 's' }, value }];
  expect(await read.get('outbox_waiting_messages')?.()).toEqual(sample(1));
  expect(await read.get('outbox_held_streams')?.()).toEqual(sample(1));
});
