import { runLengthMax, TOGETHER_MAX, type Run } from './grouped-handling.ts';
import type { Message, MessageBus, Subscription } from './message-bus.port.ts';
import { matchesTopic } from './topic-pattern.ts';

/** How many deliveries run at once. */
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
      const runs = [...queues.values()].map((queue) => queue.slice(0, TOGETHER_MAX));
      const failed = await deliverAll(runs, subscriptions, onFailure);
      for (const run of runs) {
        const stream = run[0]?.stream ?? '';
        const firstFailed = run.findIndex(({ id }) => failed.has(id));
        for (const { id } of firstFailed === -1 ? run : run.slice(0, firstFailed)) confirmed.add(id);
        const rest = firstFailed === -1 ? (queues.get(stream)?.slice(run.length) ?? []) : [];
        if (rest.length > 0) queues.set(stream, rest);
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

/** Hands messages of different streams to everybody who wants them. @returns the ids of those that somebody could not handle. */
const deliverAll = async (
  runs: readonly Run[],
  subscriptions: ReadonlySet<Subscription>,
  onFailure: OnFailure,
): Promise<ReadonlySet<string>> => {
  const failed = new Set<string>();
  const deliveries = [...byKey(runs, (run) => run[0]?.tenantId ?? '').values()].flatMap((ofTenant) =>
    [...subscriptions].flatMap((subscription) => deliveriesOf(subscription, ofTenant)),
  );
  const waiting = deliveries.values();
  const worker = async () => {
    for (const delivery of waiting) for (const id of await deliver(delivery, onFailure)) failed.add(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
};

/** What one subscription gets of some streams: group after group. */
type Delivery = { readonly subscription: Subscription; readonly groups: readonly (readonly Message[])[] };

/** Each stream is in one delivery alone, so that deliveries may run at once. */
const deliveriesOf = (subscription: Subscription, runs: readonly Run[]): readonly Delivery[] => {
  const bound = runs
    .map((run) => run.filter((message) => isBound(subscription, message)))
    .filter(({ length }) => length > 0);
  if (runLengthMax(subscription) > 1)
    return packed(bound).map((some) => ({ subscription, groups: [some.flat()] }));
  return inParts(bound, TOGETHER_MAX).map((some) => ({ subscription, groups: layersOf(some) }));
};

/** As many whole runs as fit into a group. */
const packed = (runs: readonly Run[]): readonly (readonly Run[])[] => {
  const groups: Run[][] = [];
  let room = 0;
  for (const run of runs) {
    if (run.length > room || groups.length === 0) {
      groups.push([]);
      room = TOGETHER_MAX;
    }
    groups.at(-1)?.push(run);
    room -= run.length;
  }
  return groups;
};

/** The first message of each stream, then the second, and so on. */
const layersOf = (runs: readonly Run[]): readonly (readonly Message[])[] =>
  Array.from({ length: Math.max(...runs.map(({ length }) => length)) }, (_, place) =>
    runs.flatMap((run) => run[place] ?? []),
  );

/** @returns the ids of those that failed, and of those behind them, which are not tried. */
const deliver = async (
  { subscription, groups }: Delivery,
  onFailure: OnFailure,
): Promise<readonly string[]> => {
  const failed: string[] = [];
  const stopped = new Set<string>();
  for (const group of groups) {
    const free = group.filter(({ stream }) => !stopped.has(stream));
    if (await isHandledTogether(free, subscription)) continue;
    for (const message of free) {
      if (stopped.has(message.stream)) continue;
      await subscription.handle(message).catch((error: unknown) => {
        onFailure(error, message, subscription.queue);
        failed.push(message.id);
        stopped.add(message.stream);
      });
    }
  }
  return failed;
};

const isHandledTogether = async (
  messages: readonly Message[],
  { handleTogether }: Subscription,
): Promise<boolean> => {
  if (!handleTogether || messages.length < 2) return false;
  return handleTogether(messages).then(
    () => true,
    () => false,
  );
};

const isBound = ({ bindings }: Subscription, message: Message): boolean =>
  bindings.some(({ topic, pattern }) => topic === message.topic && matchesTopic(pattern, message.routingKey));

const inParts = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );

const byKey = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, readonly Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
};
