import { expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import { memoryMessageBus, memoryOutbox, startOutboxRelay, type Message, type MessageBus } from './index.ts';

const tenantId = newTenantId(systemClock);
const message = (id: string, sequence: number): Message => ({
  id,
  tenantId,
  topic: 't',
  routingKey: 'a.b',
  stream: 'a-1',
  sequence,
  headers: {},
  body: {},
});

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
