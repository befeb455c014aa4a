import type { Message, MessageBus, Subscription } from './message-bus.port.ts';
import { matchesTopic } from './topic-pattern.ts';

/** How many streams are delivered at once. */
const STREAMS_AT_ONCE = 8;

type Options = {
  readonly onFailure?: (error: unknown, message: Message, queue: string) => void;
  /** Confirm nothing before {@link MemoryMessageBus.open}: it has no queues that outlive their consumers. */
  readonly isClosed?: boolean;
};

export type MemoryMessageBus = MessageBus & {
  /** Everybody listens: from now on messages are delivered. */
  open(): void;
  /** Somebody is about to leave: from now on nothing is confirmed, so that it stays in the senders' outboxes. */
  close(): void;
};

/**
 * A bus inside one process. A message counts as confirmed only once every consumer has handled it: nothing waits in
 * memory that a crash could lose, for the sender's outbox still holds it.
 */
export const memoryMessageBus = ({
  onFailure = () => undefined,
  isClosed = false,
}: Options = {}): MemoryMessageBus => {
  let isOpen = !isClosed;
  const subscriptions = new Set<Subscription>();
  const tails = new Map<string, Promise<unknown>>();

  const deliver = async (message: Message): Promise<boolean> => {
    const outcomes = await Promise.all(
      [...subscriptions]
        .filter(({ bindings }) => bindings.some((binding) => isBound(binding, message)))
        .map(async ({ queue, handle }) => {
          try {
            await handle(message);
            return true;
          } catch (error) {
            onFailure(error, message, queue);
            return false;
          }
        }),
    );
    return outcomes.every(Boolean);
  };

  /** One at a time per stream, also across calls of `publish`. */
  const deliverStream = (stream: string, messages: readonly Message[]): Promise<readonly string[]> => {
    const work = async () => {
      const confirmed: string[] = [];
      for (const message of messages) {
        if (!isOpen || !(await deliver(message))) break;
        confirmed.push(message.id);
      }
      return confirmed;
    };
    const run = (tails.get(stream) ?? Promise.resolve()).then(work);
    const tail = run.finally(() => {
      if (tails.get(stream) === tail) tails.delete(stream);
    });
    tails.set(stream, tail);
    return run;
  };

  return {
    open: () => {
      isOpen = true;
    },
    close: () => {
      isOpen = false;
    },
    async publish(messages) {
      const confirmed = new Set<string>();
      const groups = byStream(messages).entries();
      const worker = async () => {
        for (const [stream, group] of groups) {
          for (const id of await deliverStream(stream, group)) confirmed.add(id);
        }
      };
      await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, worker));
      return confirmed;
    },
    async subscribe(subscription) {
      subscriptions.add(subscription);
      return {
        close: async () => {
          subscriptions.delete(subscription);
          await Promise.allSettled(tails.values());
        },
      };
    },
  };
};

const isBound = ({ topic, pattern }: Subscription['bindings'][number], message: Message): boolean =>
  topic === message.topic && matchesTopic(pattern, message.routingKey);

const byStream = (messages: readonly Message[]): ReadonlyMap<string, readonly Message[]> => {
  const groups = new Map<string, Message[]>();
  for (const message of messages) {
    const group = groups.get(message.stream);
    if (group) group.push(message);
    else groups.set(message.stream, [message]);
  }
  return groups;
};
