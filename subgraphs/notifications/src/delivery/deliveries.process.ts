import type { Clock, Meter } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import { startDelivering, type DeliveringOptions, type Sender } from './delivering.process.ts';
import { forgetUnusedWebhooks } from '../webhook/webhook.queries.ts';
import { deliveryMetrics } from './delivery-metrics.values.ts';
import { forgetSettled, queueDepth, type QueueDepth } from './delivery-queue.queries.ts';
import type { DeliveryChannel } from './delivery.values.ts';

type Tx = Prisma.TransactionClient;

const HOUR_MS = 60 * 60_000;
const KEPT_MS = 30 * 24 * HOUR_MS;
const FORGOTTEN_MAX = 5_000;

type Options = Pick<
  DeliveringOptions,
  'retries' | 'timeoutMs' | 'idleMs' | 'clock' | 'chance' | 'onError'
> & {
  readonly database: DeliveringOptions['database'] & { shardNames(): readonly string[] };
  /** What is queued for a channel without one waits. */
  readonly senders: Readonly<Partial<Record<DeliveryChannel, Sender>>>;
  readonly meter: Meter;
};

export type Deliveries = {
  /** Says that something may be due, on any shard. */
  wake(): void;
  /** What waits on each shard, read from the database. */
  depths(): Promise<readonly ShardDepth[]>;
  /** Ends when what is under way has ended. */
  stop(): Promise<void>;
};

/** What waits on one shard. */
export type ShardDepth = QueueDepth & { readonly shard: string };

/**
 * Delivers everything that is due on every shard. Each channel has its own lane, so that one that is stuck does not hold up
 * another. Settled deliveries are forgotten after 30 days.
 */
export const startDeliveries = ({ senders, meter, ...options }: Options): Deliveries => {
  const { database, clock, onError } = options;
  const count = meter.counter(deliveryMetrics.delivery_attempts_total);
  const onOutcome: DeliveringOptions['onOutcome'] = (channel, outcome) => count({ channel, outcome });
  const channels: readonly DeliveryChannel[] = ['EMAIL', 'WEBHOOK'];
  const lanes = database.shardNames().flatMap((shard) =>
    channels.flatMap((channel) => {
      const send = senders[channel];
      return send ? [startDelivering({ ...options, shard, channel, send, onOutcome })] : [];
    }),
  );
  const forgetting = startForgetting(database, clock, onError);
  const depths = () =>
    Promise.all(
      database.shardNames().map(async (shard): Promise<ShardDepth> => {
        return { shard, ...(await database.asSystem(shard, (tx) => queueDepth(tx, clock.now()))) };
      }),
    );
  measure(meter, depths);
  return {
    wake: () => lanes.forEach((lane) => lane.wake()),
    depths,
    stop: async () => {
      await Promise.all([forgetting.stop(), ...lanes.map((lane) => lane.stop())]);
    },
  };
};

const measure = (meter: Meter, depths: Deliveries['depths']): void => {
  const read = (valueOf: (depth: ShardDepth) => number) => async () =>
    (await depths()).map((depth) => ({ labels: { shard: depth.shard }, value: valueOf(depth) }));
  meter.gauge(
    deliveryMetrics.deliveries_due,
    read(({ due }) => due),
  );
  meter.gauge(
    deliveryMetrics.deliveries_later,
    read(({ later }) => later),
  );
  meter.gauge(
    deliveryMetrics.deliveries_lag_seconds,
    read(({ lagMs }) => lagMs / 1_000),
  );
};

const startForgetting = (database: Options['database'], clock: Clock, onError: (error: unknown) => void) => {
  let running: Promise<unknown> = Promise.resolve();
  const forget = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    for (const shard of database.shardNames()) {
      await database.asSystem(shard, async (tx: Tx) => {
        await forgetSettled(tx, before, FORGOTTEN_MAX);
        await forgetUnusedWebhooks(tx, new Date(clock.now().getTime() - HOUR_MS));
      });
    }
  };
  const timer = setInterval(() => {
    running = forget().catch(onError);
  }, HOUR_MS);
  timer.unref();
  return {
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await running;
    },
  };
};
