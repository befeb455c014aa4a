import { describe, expect, it } from '@jest/globals';
import { aMessage, describeMessageBusContract } from '@saas/messaging/testing';
import { memoryMessageBus } from './message-bus.memory.ts';
import type { Message } from './message-bus.port.ts';

describeMessageBusContract('memoryMessageBus', async () => memoryMessageBus());

describe('messages of one tenant', () => {
  const message = (stream: Message['stream'], sequence: number): Message =>
    aMessage({ id: `${stream}-${sequence}`, stream, sequence });
  const messages = [message('a-1', 1), message('a-1', 2), message('a-2', 1)];
  const subscribe = async (handleTogether: (messages: readonly Message[]) => Promise<void>) => {
    const single: string[] = [];
    const bus = memoryMessageBus();
    await bus.subscribe({
      queue: 'q',
      bindings: [{ topic: 't', pattern: '#' }],
      handle: async ({ id }) => void single.push(id),
      handleTogether,
    });
    return { bus, single };
  };

  it('are handed over together, never two of a stream', async () => {
    const together: string[][] = [];
    const { bus, single } = await subscribe(async (group) => void together.push(group.map(({ id }) => id)));
    expect((await bus.publish(messages)).size).toBe(3);
    expect({ together, single }).toEqual({ together: [['a-1-1', 'a-2-1']], single: ['a-1-2'] });
  });

  it('are handed over one by one when together they fail', async () => {
    const { bus, single } = await subscribe(async () => {
      throw new Error('one of them is poison');
    });
    expect((await bus.publish(messages)).size).toBe(3);
    expect(single).toEqual(['a-1-1', 'a-2-1', 'a-1-2']);
  });
});

it('confirms nothing while it is closed', async () => {
  const bus = memoryMessageBus({ isClosed: true });
  const message = aMessage();
  expect(await bus.publish([message])).toEqual(new Set());
  bus.open();
  expect(await bus.publish([message])).toEqual(new Set(['m']));
  bus.close();
  expect(await bus.publish([message])).toEqual(new Set());
});
