import type { Message, MessageBus, Subscription } from './message-bus.port.ts';
import { matchesTopic } from './topic-pattern.ts';

/** How many messages one delivery holds, and how many deliveries run at once. */
const TOGETHER_MAX = 50;
const AT_ONCE = 4;

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
  const door = { isOpen: !isClosed };
  const subscriptions = new Set<Subscription>();
  /** The publishing that each stream has to wait for, so that a stream's messages stay in order. */
  const tails = new Map<string, Promise<ReadonlySet<string>>>();

  const deliverRounds = async (messages: readonly Message[]): Promise<ReadonlySet<string>> => {
    const confirmed = new Set<string>();
    const queues = byKey(messages, ({ stream }) => stream);
    while (door.isOpen && queues.size > 0) {
      const heads = [...queues.values()].flatMap(([head]) => head ?? []);
      const delivered = await deliverAll(heads, subscriptions, onFailure);
      for (const { id, stream } of heads) {
        const rest = delivered.has(id) ? queues.get(stream)?.slice(1) : [];
        if (delivered.has(id)) confirmed.add(id);
        if (rest && rest.length > 0) queues.set(stream, rest);
        else queues.delete(stream);
      }
    }
    return confirmed;
  };

  return {
    open: () => {
      door.isOpen = true;
    },
    close: () => {
      door.isOpen = false;
    },
    publish(messages) {
      const streams = [...new Set(messages.map(({ stream }) => stream))];
      const before = Promise.allSettled(streams.flatMap((stream) => tails.get(stream) ?? []));
      const publishing = before.then(() => deliverRounds(messages));
      for (const stream of streams) tails.set(stream, publishing);
      return publishing.finally(() => {
        for (const stream of streams) if (tails.get(stream) === publishing) tails.delete(stream);
      });
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

type OnFailure = NonNullable<Options['onFailure']>;

/** Hands messages of different streams to everybody who wants them. @returns the ids of those that all could handle. */
const deliverAll = async (
  messages: readonly Message[],
  subscriptions: ReadonlySet<Subscription>,
  onFailure: OnFailure,
): Promise<ReadonlySet<string>> => {
  const delivered = new Set(messages.map(({ id }) => id));
  const deliveries = [...byKey(messages, ({ tenantId }) => tenantId).values()].flatMap((ofTenant) =>
    [...subscriptions].flatMap((subscription) =>
      inGroups(ofTenant.filter((message) => isBound(subscription, message))).map((group) => ({
        subscription,
        group,
      })),
    ),
  );
  const waiting = deliveries.values();
  const worker = async () => {
    for (const { subscription, group } of waiting) {
      for (const id of await deliverGroup(group, subscription, onFailure)) delivered.delete(id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return delivered;
};

/** @returns the ids of those that failed. */
const deliverGroup = async (
  group: readonly Message[],
  { queue, handle, handleTogether }: Subscription,
  onFailure: OnFailure,
): Promise<readonly string[]> => {
  if (handleTogether && group.length > 1) {
    const isDone = await handleTogether(group).then(
      () => true,
      () => false,
    );
    if (isDone) return [];
  }
  const failed: string[] = [];
  for (const message of group) {
    try {
      await handle(message);
    } catch (error) {
      onFailure(error, message, queue);
      failed.push(message.id);
    }
  }
  return failed;
};

const isBound = ({ bindings }: Subscription, message: Message): boolean =>
  bindings.some(({ topic, pattern }) => topic === message.topic && matchesTopic(pattern, message.routingKey));

const inGroups = (messages: readonly Message[]): readonly (readonly Message[])[] =>
  Array.from({ length: Math.ceil(messages.length / TOGETHER_MAX) }, (_, group) =>
    messages.slice(group * TOGETHER_MAX, (group + 1) * TOGETHER_MAX),
  );

const byKey = (
  messages: readonly Message[],
  keyOf: (message: Message) => string,
): Map<string, readonly Message[]> => {
  const groups = new Map<string, Message[]>();
  for (const message of messages) {
    const group = groups.get(keyOf(message));
    if (group) group.push(message);
    else groups.set(keyOf(message), [message]);
  }
  return groups;
};
