import { silentMeter, type Meter } from '@saas/kernel';
import {
  consumerMetrics,
  parkFailures,
  startParkedRunner,
  type MessageBus,
  type MessageRetries,
  type OnOutcome,
  type ParkedCounts,
  type Subscription,
} from '@saas/messaging';
import type { RawTx } from './database-node.ts';
import { postgresParkedMessages } from './parked-messages.postgres.ts';
import type { ShardedDatabase } from './sharded-database.ts';

/** How messages that cannot be handled are treated. */
export type ParkingSettings = {
  readonly retries: MessageRetries;
  /** How many messages of one stream may be parked for a consumer. */
  readonly perStreamMax: number;
  /** How many messages may be parked altogether on the shards of a service, about. */
  readonly totalMax: number;
};

export const defaultParking: ParkingSettings = {
  retries: { attemptsMax: 8, baseMs: 500, maxMs: 60_000 },
  perStreamMax: 10_000,
  totalMax: 100_000,
};

/** The settings of a service about parking, as it reads them; {@link defaultParking} where unset. */
export const parkingOf = (config: {
  readonly RETRY_ATTEMPTS_MAX?: number | undefined;
  readonly RETRY_WAIT_MS_MAX?: number | undefined;
  readonly PARKED_PER_STREAM_MAX?: number | undefined;
  readonly PARKED_MAX?: number | undefined;
}): ParkingSettings => {
  const { retries, perStreamMax, totalMax } = defaultParking;
  return {
    retries: {
      ...retries,
      attemptsMax: config.RETRY_ATTEMPTS_MAX ?? retries.attemptsMax,
      maxMs: config.RETRY_WAIT_MS_MAX ?? retries.maxMs,
    },
    perStreamMax: config.PARKED_PER_STREAM_MAX ?? perStreamMax,
    totalMax: config.PARKED_MAX ?? totalMax,
  };
};

/** How often parked messages are looked after when nobody wakes the runner, milliseconds. */
const IDLE_MS = 1_000;

/** Where a message that was given up is told of; a pino logger fits. */
export type DeadLetterLog = { error(fields: object, text: string): void };

type Options<Tx extends RawTx> = {
  readonly database: ShardedDatabase<Tx>;
  readonly bus: MessageBus;
  readonly parking?: ParkingSettings | undefined;
  readonly meter?: Meter | undefined;
  /** Told what became of every message that was received. Must not throw. */
  readonly onOutcome?: OnOutcome | undefined;
  readonly logger?: DeadLetterLog | undefined;
  readonly onError: (error: unknown, what: string) => void;
};

export type ParkedListening = {
  /** Subscribes; what cannot be handled is parked. Closing ends both deliveries and retries. */
  listen(subscription: Subscription): Promise<{ close(): Promise<void> }>;
  /** How many messages are parked, of all shards, about. */
  counts(): ParkedCounts;
  stop(): Promise<void>;
};

/** Listening whose failures are parked in the consumer's own database, and handed over again from there. */
export const parkedListening = <Tx extends RawTx>(options: Options<Tx>): ParkedListening => {
  const { database, bus, parking = defaultParking, meter = silentMeter, onError } = options;
  const onOutcome = outcomeNotes(options, meter);
  const parked = postgresParkedMessages(database, { perStreamMax: parking.perStreamMax });
  const { retries } = parking;
  const runner = startParkedRunner({
    parked,
    retries,
    idleMs: IDLE_MS,
    onOutcome,
    onError: (error) => onError(error, 'handing over parked messages'),
  });
  const counts = () => sum(runner.counts().values());
  meter.gauge(consumerMetrics.parked_messages, () =>
    Object.entries(counts()).map(([state, value]) => ({ labels: { state }, value })),
  );
  const hasRoom = () => Object.values(counts()).reduce((all, count) => all + count, 0) < parking.totalMax;
  return {
    listen: async (subscription) => {
      const how = { parked, retries, hasRoom, onOutcome, onParked: () => runner.wake() };
      const listening = await bus.subscribe(parkFailures(subscription, how));
      runner.add(subscription);
      return {
        close: async () => {
          runner.remove(subscription);
          await listening.close();
        },
      };
    },
    counts,
    stop: () => runner.stop(),
  };
};

/** Every outcome is counted; a message that was given up is also worth a line. */
const outcomeNotes = <Tx extends RawTx>({ onOutcome, logger }: Options<Tx>, meter: Meter): OnOutcome => {
  const count = meter.counter(consumerMetrics.consumer_messages_total);
  return (outcome, message, queue, err) => {
    count({ queue, outcome });
    if (outcome === 'dead') {
      const { id, stream, sequence, routingKey } = message;
      const fields = { err, queue, messageId: id, stream, sequence, routingKey };
      logger?.error(fields, 'a message was given up and holds its stream; see npm run dlq -- list');
    }
    onOutcome?.(outcome, message, queue, err);
  };
};

const sum = (shards: Iterable<ParkedCounts>): ParkedCounts => {
  const total = { retrying: 0, held: 0, dead: 0, replaying: 0 };
  for (const counts of shards) {
    total.retrying += counts.retrying;
    total.held += counts.held;
    total.dead += counts.dead;
    total.replaying += counts.replaying;
  }
  return total;
};
