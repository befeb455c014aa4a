import type { PrismaPg } from '@prisma/adapter-pg';
import type { EventCodec, EventLog, EventStore } from '@saas/event-sourcing';
import { silentMeter, systemClock, type Clock, type Meter, type TenantId } from '@saas/kernel';
import { startOutboxRelay, type MessageBus, type OnOutcome, type OutboxRelay } from '@saas/messaging';
import type { Client, ConnectionLimits, RawTx } from './database-node.ts';
import { postgresEventLog } from './event-log.postgres.ts';
import { postgresEventStore, type InlineProjection } from './event-store.postgres.ts';
import { keepHouse } from './housekeeping.ts';
import { postgresOutbox } from './outbox.postgres.ts';
import {
  parkedListening,
  type DeadLetterLog,
  type ParkedListening,
  type ParkingSettings,
} from './parked-listening.ts';
import { keepReadModels } from './projections/keep-read-models.ts';
import type { ReadModels } from './projections/read-model.ts';
import { sealedCodec, type Sealing } from './sealed-codec.ts';
import { ShardedDatabase, type ShardUrls } from './sharded-database.ts';
import { checkSubjectKeys } from './subject-keys.postgres.ts';
import { evenShardMap, parseShardMap, shardOfTenant } from './shard-map.ts';

const HOUSEKEEPING_MS = 10 * 60_000;

type Options<Tx extends RawTx> = {
  readonly service: string;
  readonly shards: readonly ShardUrls[];
  /** As {@link parseShardMap} reads it; even ranges in the order of the shards when absent. */
  readonly shardMap?: string | undefined;
  readonly lagMsMax: number;
  /** {@link defaultLimits} unless given. */
  readonly limits?: Partial<ConnectionLimits>;
  readonly createClient: (adapter: PrismaPg) => Client<Tx>;
  readonly readModels: ReadModels<Tx>;
  /** What else is written in the transaction of the events, and cannot be rebuilt from them: a queue, for example. */
  readonly keptAlong?: readonly InlineProjection<Tx>[];
  readonly codec: EventCodec;
  readonly sealing?: Sealing;
  readonly bus: MessageBus;
  /** How long a relay sleeps when nobody wakes it, milliseconds. */
  readonly relayIdleMs: number;
  readonly clock?: Clock;
  readonly meter?: Meter;
  /** How messages that cannot be handled are treated; {@link defaultParking} unless given. */
  readonly parking?: ParkingSettings | undefined;
  /** Told what became of every message that was received. Must not throw. */
  readonly onOutcome?: OnOutcome | undefined;
  /** Told of every message that was given up. */
  readonly logger?: DeadLetterLog | undefined;
  /** A relay, the runner of parked messages or the housekeeping failed; all try again by themselves. */
  readonly onError: (error: unknown, what: string) => void;
};

/** Everything a service keeps: its shards, its event store, and what carries its announcements away. */
export type ServiceStore<Tx extends RawTx> = {
  readonly database: ShardedDatabase<Tx>;
  readonly store: EventStore;
  /** Everything in the event store, of all tenants, shard by shard. */
  readonly log: EventLog;
  /** Subscribes; what cannot be handled is parked, tried again, and given up at last. See `parkFailures`. */
  readonly listen: ParkedListening['listen'];
  /** How many messages are parked, about. */
  readonly parked: ParkedListening['counts'];
  /** From now on announces what was committed, also what a former process left behind. Call once everyone listens. */
  startRelays(): void;
  /** How many announcements wait in the outboxes of all shards. */
  waitingAnnouncements(): Promise<number>;
  /** Finishes the batches in hand, then closes every connection. */
  stop(): Promise<void>;
};

/**
 * Opens a service's databases and checks them.
 *
 * @throws {AppError} as {@link ShardedDatabase.start} does, `SHARD_MAP_INVALID`, or `SUBJECT_KEY_UNREADABLE` when the secret
 *   is not the one that the keys were wrapped with. Nothing is left open.
 */
export const openServiceStore = async <Tx extends RawTx>(options: Options<Tx>): Promise<ServiceStore<Tx>> => {
  const { service, shards, lagMsMax, limits = {}, createClient } = options;
  const { readModels, sealing, clock = systemClock } = options;
  const names = shards.map(({ name }) => name);
  const shardMap =
    options.shardMap === undefined ? evenShardMap(names) : parseShardMap(options.shardMap, names);
  const database = new ShardedDatabase<Tx>({ service, shards, shardMap, lagMsMax, limits, createClient });
  try {
    await database.start();
    if (sealing) await checkSubjectKeys(database, sealing.secret);
  } catch (error) {
    await database.stop();
    throw error;
  }

  const codec = sealedCodec(database, options);
  const relays = new Map<string, ShardRelay>();
  const log = postgresEventLog({ database, codec });
  const models = await keepReadModels({
    database,
    log,
    readModels,
    idleMs: options.relayIdleMs,
    onError: options.onError,
  });
  const projections = [...readModels.inline, ...(options.keptAlong ?? [])];
  const onAnnounced = (tenantId: TenantId) => {
    const shard = shardOfTenant(shardMap, tenantId);
    relays.get(shard)?.announce();
    models.wake(shard);
  };
  const house = startHousekeeping(database, options);
  const listening = parkedListening({ database, ...options });
  return {
    database,
    store: postgresEventStore({ database, projections, codec, clock, onAnnounced }),
    log,
    listen: (subscription) => listening.listen(subscription),
    parked: () => listening.counts(),
    startRelays: () => {
      for (const shard of names) if (!relays.has(shard)) relays.set(shard, relayOf(shard, database, options));
    },
    waitingAnnouncements: async () => {
      const counts = await database.eachShard((tx) => countWaiting(tx));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    stop: async () => {
      await Promise.all([...relays.values()].map((relay) => relay.stop()));
      await listening.stop();
      await models.stop();
      await house.stop();
      await database.stop();
    },
  };
};

const countWaiting = async (tx: RawTx): Promise<number> => {
  const [row] = await tx.$queryRaw<{ waiting: number }[]>`
    SELECT count(*)::int AS waiting FROM outbox WHERE sent_at IS NULL`;
  return row?.waiting ?? 0;
};

type ShardRelay = {
  /** Something was committed: wakes the relay that leads, here or in another process. */
  announce(): void;
  stop(): Promise<void>;
};

const relayOf = <Tx extends RawTx>(
  shard: string,
  database: ShardedDatabase<Tx>,
  { bus, relayIdleMs: idleMs, onError, meter = silentMeter }: Options<Tx>,
): ShardRelay => {
  const outbox = postgresOutbox(database, shard, () => relay.wake());
  const relay: OutboxRelay = startOutboxRelay({
    outbox,
    bus,
    idleMs,
    shard,
    meter,
    onError: (error) => onError(error, `the outbox relay of ${shard}`),
  });
  return {
    announce: () => {
      relay.wake();
      outbox.announce();
    },
    stop: async () => {
      await relay.stop();
      await outbox.close();
    },
  };
};

const startHousekeeping = <Tx extends RawTx>(database: ShardedDatabase<Tx>, { onError }: Options<Tx>) => {
  let cleaning: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    cleaning = keepHouse(database).catch((error: unknown) => onError(error, 'housekeeping'));
  }, HOUSEKEEPING_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await cleaning;
    },
  };
};
