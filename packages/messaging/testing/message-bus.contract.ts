import { beforeEach, describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { Message, MessageBus } from '../message-bus.port.ts';
import { describeParkingOverBus } from './parking-over-bus.contract.ts';

let fresh = 0;
const unique = (name: string): string => `${name}-${process.pid}${(fresh += 1)}`;
const tenantId = newTenantId(systemClock);

/** The promises of the MessageBus port. Call it once per adapter; `open` hands over a bus nobody else uses. */
export const describeMessageBusContract = (adapter: string, open: () => Promise<MessageBus>) =>
  describe(`${adapter} keeps the MessageBus contract`, () => {
    let bus: MessageBus;
    let topic: string;
    beforeEach(async () => {
      bus = await open();
      topic = unique('topic');
    });
    const message = (sequence: number, routingKey = 'task.created', stream = 'task-1'): Message => ({
      id: unique('m'),
      tenantId,
      topic,
      routingKey,
      stream: stream as Message['stream'],
      sequence,
      headers: { 'x-request-id': 'r' },
      body: { sequence },
    });
    /** Collects what arrives; `until` resolves when that many have. */
    const collect = async (pattern: string, fail: (message: Message) => boolean = () => false) => {
      const got: Message[] = [];
      const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
      const subscription = await bus.subscribe({
        queue: unique('queue'),
        bindings: [{ topic, pattern }],
        handle: async (each) => {
          if (fail(each)) throw new Error('not yet');
          got.push(each);
          for (const { count, resolve } of waiting) if (got.length >= count) resolve();
        },
      });
      const until = (count: number) =>
        new Promise<void>((resolve) => {
          if (got.length >= count) resolve();
          else waiting.push({ count, resolve });
        });
      return { got, until, subscription };
    };

    it('hands a message over as it was published', async () => {
      const { got, until } = await collect('#');
      const sent = message(1);
      expect(await bus.publish([sent])).toEqual(new Set([sent.id]));
      await until(1);
      expect(got).toEqual([sent]);
    });

    it('routes by topic pattern', async () => {
      const tasks = await collect('task.*');
      await bus.publish([message(1), message(1, 'project.created', 'project-1'), message(2, 'task.moved')]);
      await tasks.until(2);
      expect(tasks.got.map(({ routingKey }) => routingKey)).toEqual(['task.created', 'task.moved']);
    });

    it('confirms a message that nobody wants', async () => {
      const sent = message(1);
      expect((await bus.publish([sent])).has(sent.id)).toBe(true);
    });

    it('keeps the order of each stream', async () => {
      const { got, until } = await collect('#');
      const batch = Array.from({ length: 40 }, (_, n) =>
        message(Math.floor(n / 2) + 1, 'task.moved', `task-${n % 2}`),
      );
      await bus.publish(batch.slice(0, 20));
      await bus.publish(batch.slice(20));
      await until(40);
      for (const stream of ['task-0', 'task-1']) {
        const order = got.filter((each) => each.stream === stream).map(({ sequence }) => sequence);
        expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      }
    });

    it('hands a stream over in order, and nothing behind what fails, to who takes successors together', async () => {
      const got: Message[] = [];
      let failures = 3;
      let done = (): void => undefined;
      const all = new Promise<void>((resolve) => {
        done = resolve;
      });
      const take = async (messages: readonly Message[]) => {
        const isBad = messages.some(({ stream, sequence }) => stream === 'task-1' && sequence === 3);
        if (isBad && (failures -= 1) >= 0) throw new Error('not yet');
        got.push(...messages);
        if (got.length >= 30) done();
      };
      await bus.subscribe({
        queue: unique('queue'),
        bindings: [{ topic, pattern: '#' }],
        handle: (each) => take([each]),
        handleTogether: take,
        takesSuccessors: true,
      });
      const streams = ['task-1', 'task-2', 'task-3'];
      let pending = Array.from({ length: 10 }, (_, n) => n + 1).flatMap((sequence) =>
        streams.map((stream) => message(sequence, 'task.moved', stream)),
      );
      while (pending.length > 0) {
        const confirmed = await bus.publish(pending);
        pending = pending.filter(({ id }) => !confirmed.has(id));
      }
      await all;
      for (const stream of streams) {
        const order = got.filter((each) => each.stream === stream).map(({ sequence }) => sequence);
        expect(order).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
      }
    });

    it('gives every queue its own copy', async () => {
      const first = await collect('#');
      const second = await collect('#');
      await bus.publish([message(1)]);
      await Promise.all([first.until(1), second.until(1)]);
      expect([first.got.length, second.got.length]).toEqual([1, 1]);
    });

    it('brings a message back that its consumer could not handle, if its sender has to publish it again', async () => {
      let failures = 2;
      const { got, until } = await collect('#', () => (failures -= 1) >= 0);
      let pending = [message(1), message(2)];
      for (let round = 0; pending.length > 0 && round < 10; round += 1) {
        const confirmed = await bus.publish(pending);
        pending = pending.filter(({ id }) => !confirmed.has(id));
      }
      await until(2);
      expect(got.map(({ sequence }) => sequence)).toEqual([1, 2]);
    });

    it('hands nothing over after the subscription was closed', async () => {
      const { got, subscription } = await collect('#');
      await subscription.close();
      await bus.publish([message(1)]);
      expect(got).toEqual([]);
    });

    describeParkingOverBus(open);
  });
