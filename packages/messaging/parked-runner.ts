import { assertNever } from '@saas/kernel';
import type { Subscription } from './message-bus.port.ts';
import { keptFailure, verdictOn, type MessageRetries } from './failure-verdict.ts';
import { EARLY_MS, type OnOutcome } from './park-failures.ts';
import type { DueMessage, ParkedCounts, ParkedMessages, Settlement } from './parked-messages.port.ts';

/** How many streams of a shard are in hand at once. */
const STREAMS_AT_ONCE = 8;
/** Longer than a handling can take, so that nobody else takes the same message meanwhile; after a crash, the wait. */
const LEASE_MS = 30_000;
/** How long a message waits whose database did not answer. */
const AWAY_MS = 1_000;

type Options = {
  readonly parked: ParkedMessages;
  readonly retries: MessageRetries;
  /** How long to wait, in milliseconds, when nothing is due and nobody woke us. */
  readonly idleMs: number;
  /** Told when a parked message was handled, failed, or was given up. Must not throw. */
  readonly onOutcome?: OnOutcome;
  readonly onError: (error: unknown) => void;
  readonly chance?: () => number;
};

export type ParkedRunner = {
  /** From now on parked messages of this consumer are handed to it. */
  add(subscription: Subscription): void;
  remove(subscription: Subscription): void;
  /** Says that something was parked or asked for; never blocks. */
  wake(): void;
  /** As last counted on each shard, when it was idle. */
  counts(): ReadonlyMap<string, ParkedCounts>;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
};

/**
 * Hands parked messages to their consumers again: what is due for a retry, what an operator replays, and, as soon as a
 * head is handled, those held behind it, in order. Several processes may run one for the same database.
 */
export const startParkedRunner = (options: Options): ParkedRunner => {
  const subscriptions = new Map<string, Subscription>();
  const counts = new Map<string, ParkedCounts>();
  const lanes = options.parked.shards().map((shard) => startLane(shard, subscriptions, counts, options));
  return {
    add: (subscription) => {
      subscriptions.set(subscription.queue, subscription);
      for (const lane of lanes) lane.wake();
    },
    remove: ({ queue }) => void subscriptions.delete(queue),
    wake: () => {
      for (const lane of lanes) lane.wake();
    },
    counts: () => counts,
    stop: async () => {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
};

type Subscriptions = ReadonlyMap<string, Subscription>;

/** One shard's part of the work. */
const startLane = (
  shard: string,
  subscriptions: Subscriptions,
  counts: Map<string, ParkedCounts>,
  options: Options,
) => {
  const { parked, idleMs, onError } = options;
  const pausing = pauses();
  const inHand = new Set<Promise<void>>();

  const follow = async (first: DueMessage): Promise<void> => {
    let due: DueMessage | undefined = first;
    while (due !== undefined && !pausing.isStopped()) {
      const settlement = await attempt(due, subscriptions, options);
      due = await parked.settle(shard, due, settlement, LEASE_MS);
    }
  };
  const begin = (due: DueMessage): void => {
    // What could not be settled comes again when its lease ends.
    const following = follow(due)
      .catch(onError)
      .finally(() => {
        inHand.delete(following);
        pausing.wake();
      });
    inHand.add(following);
  };
  /** @returns how long there is nothing to do, in milliseconds. */
  const look = async (): Promise<number> => {
    const free = STREAMS_AT_ONCE - inHand.size;
    if (free === 0) return idleMs;
    const consumers = [...subscriptions.keys()];
    const { due, nextMs = idleMs, counts: found } = await parked.claim(shard, consumers, free, LEASE_MS);
    for (const each of due) begin(each);
    if (found) counts.set(shard, found);
    return due.length > 0 ? 0 : Math.min(nextMs, idleMs);
  };
  const run = async (): Promise<void> => {
    while (!pausing.isStopped()) {
      const waitMs = await look().catch((error: unknown) => {
        onError(error);
        return idleMs;
      });
      await pausing.pause(waitMs);
    }
    await Promise.all(inHand);
  };
  const running = run();
  return {
    wake: () => pausing.wake(),
    stop: async () => {
      pausing.stop();
      await running;
    },
  };
};

/** Hands a message to its consumer once. Never rejects. */
const attempt = async (
  due: DueMessage,
  subscriptions: Subscriptions,
  options: Options,
): Promise<Settlement> => {
  const { consumer, message } = due;
  const subscription = subscriptions.get(consumer);
  if (subscription === undefined) return { status: 'postponed', waitMs: AWAY_MS };
  try {
    await subscription.handle(message);
  } catch (error) {
    return settlementOf(error, due, options);
  }
  options.onOutcome?.('handled', message, consumer);
  return { status: 'handled' };
};

const settlementOf = (
  error: unknown,
  { consumer, message, state, attempts: before }: DueMessage,
  { retries, onOutcome = () => undefined, chance = Math.random }: Options,
): Settlement => {
  const attempts = before + 1;
  // An operator who replays wants to see at once whether it helped.
  const allowed = state === 'replaying' ? { ...retries, attemptsMax: 1 } : retries;
  const verdict = verdictOn(error, attempts, allowed, chance());
  const failed = (next: 'retrying' | 'dead', waitMs: number): Settlement => {
    onOutcome(next, message, consumer, error);
    return { status: 'failed', parking: { state: next, attempts, failure: keptFailure(error), waitMs } };
  };
  switch (verdict.status) {
    case 'done':
      onOutcome('duplicate', message, consumer);
      return { status: 'handled' };
    case 'early':
      return { status: 'postponed', waitMs: EARLY_MS };
    case 'away':
      return { status: 'postponed', waitMs: AWAY_MS };
    case 'retry':
      return failed('retrying', verdict.waitMs);
    case 'dead':
      return failed('dead', 0);
    default:
      return assertNever(verdict);
  }
};

/** Waiting that can be cut short. A wake that comes while nobody waits spares the next wait. */
const pauses = () => {
  let isStopped = false;
  let isAwake = false;
  let end = (): void => undefined;
  const wake = (): void => {
    isAwake = true;
    end();
  };
  return {
    isStopped: () => isStopped,
    wake,
    stop: () => {
      isStopped = true;
      end();
    },
    pause: async (milliseconds: number): Promise<void> => {
      if (!isAwake && !isStopped && milliseconds > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isAwake = false;
    },
  };
};
