import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventStoreErrors } from '@saas/event-sourcing';
import { newTenantId, systemClock } from '@saas/kernel';
import type { Message, MessageBus, Subscription } from '../message-bus.port.ts';
import { parkFailures } from '../park-failures.ts';
import { memoryParkedMessages } from '../parked-messages.memory.ts';
import { startParkedRunner, type ParkedRunner } from '../parked-runner.ts';

let fresh = 0;
const unique = (name: string): string => `${name}-${process.pid}p${(fresh += 1)}`;
const tenantId = newTenantId(systemClock);
const retries = { attemptsMax: 2, baseMs: 1, maxMs: 2 };

/** What parking promises over any bus; called by `describeMessageBusContract`. */
export const describeParkingOverBus = (open: () => Promise<MessageBus>) =>
  describe('with failures parked', () => {
    let bus: MessageBus;
    let topic: string;
    let runner: ParkedRunner;
    beforeEach(async () => {
      bus = await open();
      topic = unique('topic');
    });
    afterEach(() => runner.stop());

    const messages = (stream: string, from: number, to: number): readonly Message[] =>
      Array.from({ length: to - from + 1 }, (_, index) => ({
        id: unique('m'),
        tenantId,
        topic,
        routingKey: 'task.moved',
        stream: stream as Message['stream'],
        sequence: from + index,
        headers: {},
        body: {},
      }));
    /** A consumer in order that fails with the messages it is told of, for as long as it is told to. */
    const listen = async () => {
      const parked = memoryParkedMessages();
      const poison = new Set<string>();
      const seen = new Map<string, number>();
      const waiters = new Set<() => void>();
      let dead = 0;
      const look = (): void => {
        for (const wake of waiters) wake();
      };
      const subscription: Subscription = {
        queue: unique('queue'),
        bindings: [{ topic, pattern: '#' }],
        handle: async ({ id, stream, sequence }) => {
          const position = seen.get(stream) ?? 0;
          if (sequence <= position) throw eventStoreErrors.MESSAGE_ALREADY_RECEIVED();
          if (sequence > position + 1) throw eventStoreErrors.MESSAGE_EARLY();
          if (poison.has(id)) throw new Error('poison');
          seen.set(stream, sequence);
        },
      };
      const onOutcome = (outcome: string): void => {
        if (outcome === 'dead') dead += 1;
        look();
      };
      runner = startParkedRunner({ parked, retries, idleMs: 5, onOutcome, onError: () => undefined });
      runner.add(subscription);
      const onParked = () => runner.wake();
      await bus.subscribe(parkFailures(subscription, { parked, retries, onOutcome, onParked }));
      const until = async (isSo: () => boolean): Promise<void> => {
        while (!isSo()) {
          await new Promise<void>((resolve) => waiters.add(resolve));
          waiters.clear();
        }
      };
      const reached = (stream: string, sequence: number) => until(() => seen.get(stream) === sequence);
      return { parked, poison, until, reached, dead: () => dead, held: () => parked.parked().length };
    };

    it('holds the stream of a message that cannot be handled, and no other', async () => {
      const { poison, until, reached, dead, held } = await listen();
      const bad = messages('task-1', 1, 40);
      poison.add(bad[0]?.id ?? '');
      expect((await bus.publish(bad)).size).toBe(40);
      expect((await bus.publish(messages('task-2', 1, 40))).size).toBe(40);
      await reached('task-2', 40);
      await until(() => dead() === 1 && held() === 40);
    });

    it('goes on in order once that message can be handled and is replayed', async () => {
      const { parked, poison, until, reached, dead, held } = await listen();
      const bad = messages('task-1', 1, 20);
      poison.add(bad[0]?.id ?? '');
      await bus.publish(bad);
      await until(() => dead() === 1 && held() === 20);
      poison.clear();
      parked.replay(bad[0]?.id ?? '');
      runner.wake();
      await bus.publish(messages('task-1', 21, 30));
      await reached('task-1', 30);
    });
  });
