import { AppError, isAppError, type Clock } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import { withDeadline } from '@saas/resilience';
import { deliveryErrors } from './delivery.errors.ts';
import { pauseMs, type DeliveryChannel, type DeliveryRetries } from './delivery.values.ts';
import { settle, takeDue, type Outcome, type TakenDelivery } from './delivery-queue.queries.ts';

type Tx = Prisma.TransactionClient;

/** Deliveries of one channel and shard that are under way at the same time, per process. */
const UNDER_WAY_MAX = 8;
/** How much longer than an attempt may take it stays taken up: for reading before it and noting after it. */
const LEASE_SLACK_MS = 30_000;

/** Hands one delivery over. Resolves when it was accepted; rejects as {@link deliveryErrors} say. */
export type Sender = (delivery: TakenDelivery, signal: AbortSignal) => Promise<void>;

export type DeliveringOptions = {
  readonly database: { asSystem<Result>(shard: string, work: (tx: Tx) => Promise<Result>): Promise<Result> };
  readonly shard: string;
  readonly channel: DeliveryChannel;
  readonly send: Sender;
  readonly retries: DeliveryRetries;
  /** How long one attempt may take, milliseconds. */
  readonly timeoutMs: number;
  /** How long to wait, in milliseconds, when nothing was due and nobody woke us. */
  readonly idleMs: number;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** What became of each attempt. */
  readonly onOutcome: (channel: DeliveryChannel, outcome: Outcome['state']) => void;
  /** A delivery failed in a way that nobody foresaw, or the queue could not be asked. Both are tried again. */
  readonly onError: (error: unknown) => void;
};

export type Delivering = {
  /** Says that something may be due; never blocks. */
  wake(): void;
  /** Ends when what is under way has ended. */
  stop(): Promise<void>;
};

/**
 * Sends what one shard's queue holds for one channel, until it is stopped. Any number of processes may do so at once.
 *
 * To the outside at least once: a process that dies between the acceptance and our note of it leaves the delivery taken up,
 * and after its lease it is sent again, under the same id. A delivery that is noted as sent was accepted.
 */
export const startDelivering = (options: DeliveringOptions): Delivering => {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const sleeper = sleeping(options.idleMs);

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      sleeper.rest();
      const free = UNDER_WAY_MAX - underWay.size;
      const taken = free === 0 ? [] : await take(options, free);
      const isMore = taken.length === free;
      for (const delivery of taken) {
        const attempt = attemptOne(options, delivery).finally(() => {
          underWay.delete(attempt);
          if (isMore) sleeper.wake();
        });
        underWay.add(attempt);
      }
      if (free === 0 || !isMore) await sleeper.sleep(stopping.signal);
    }
    await Promise.all(underWay);
  };
  const running = run();

  return {
    wake: sleeper.wake,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};

const take = async (
  { database, shard, channel, timeoutMs, clock, onError }: DeliveringOptions,
  limit: number,
): Promise<readonly TakenDelivery[]> => {
  const now = clock.now();
  const leaseUntil = new Date(now.getTime() + timeoutMs + LEASE_SLACK_MS);
  try {
    return await database.asSystem(shard, (tx) => takeDue(tx, { channel, limit, now, leaseUntil }));
  } catch (error) {
    onError(error);
    return [];
  }
};

/** Never rejects: what cannot be noted is found again when its lease is over. */
const attemptOne = async (options: DeliveringOptions, delivery: TakenDelivery): Promise<void> => {
  const { database, shard, channel, clock, onOutcome, onError } = options;
  try {
    const outcome = await outcomeOf(options, delivery);
    const isNoted = await database.asSystem(shard, (tx) => settle(tx, delivery, outcome, clock.now()));
    if (isNoted) onOutcome(channel, outcome.state);
  } catch (error) {
    onError(error);
  }
};

const outcomeOf = async (options: DeliveringOptions, delivery: TakenDelivery): Promise<Outcome> => {
  const { send, retries, timeoutMs, clock, chance, onError } = options;
  const { attempt } = delivery;
  try {
    // Counted when it was taken up: what kills its process each time does not do so for ever.
    if (attempt > retries.attemptsMax) throw deliveryErrors.DELIVERY_ATTEMPTS_EXHAUSTED();
    await withDeadline({ timeoutMs }, (signal) => send(delivery, signal));
    return { state: 'sent' };
  } catch (error) {
    const isForeseen = error instanceof AppError;
    if (!isForeseen) onError(error);
    const code = isForeseen ? error.code : 'INTERNAL_ERROR';
    if (isNobodyThere(error)) return { state: 'withheld', error: code };
    const isLast = attempt >= retries.attemptsMax || (isForeseen && !error.definition.retryable);
    if (isLast) return { state: 'failed', error: code };
    const dueAt = new Date(clock.now().getTime() + pauseMs(retries, attempt, chance()));
    return { state: 'waiting', error: code, dueAt };
  }
};

/** There is nobody to be told, which is nobody's failure. */
const isNobodyThere = (error: unknown): boolean =>
  isAppError(error, 'CONTACT_UNKNOWN') || isAppError(error, 'WEBHOOK_NOT_SET');

/** What is queued in the same moment is looked for once: most of it is a digest's, and not due yet. */
const GATHER_MS = 50;

/** Sleeps until it is woken, or `idleMs` have passed. Who wakes it while it does not sleep shortens its next sleep. */
const sleeping = (idleMs: number) => {
  let isAwake = false;
  let wakeUp = (_afterMs: number): void => undefined;
  return {
    rest: (): void => {
      isAwake = false;
    },
    wake: (): void => {
      if (isAwake) return;
      isAwake = true;
      wakeUp(GATHER_MS);
    },
    sleep: async (stopping: AbortSignal): Promise<void> => {
      if (stopping.aborted) return;
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          stopping.removeEventListener('abort', end);
          wakeUp = () => undefined;
          resolve();
        };
        let timer = setTimeout(end, isAwake ? GATHER_MS : idleMs);
        stopping.addEventListener('abort', end);
        wakeUp = (afterMs) => {
          clearTimeout(timer);
          timer = setTimeout(end, afterMs);
        };
      });
    },
  };
};
