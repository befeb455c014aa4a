import { readFile } from 'node:fs/promises';
import { commandHandler, type EventStore } from '@saas/event-sourcing';
import { systemClock, type Clock } from '@saas/kernel';
import { startOutboxRelay, type MessageBus, type OutboxRelay } from '@saas/messaging';
import {
  evenShardMap,
  keepHouse,
  parseShardMap,
  postgresEventStore,
  postgresOutbox,
  ShardedDatabase,
  shardOfTenant,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-notifications';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { startSubgraph, type RunningSubgraph } from '@saas/subgraph';
import type { HealthSource, Logger } from '@saas/telemetry';
import { announceInbox } from './inbox/inbox.announcements.ts';
import { inbox } from './inbox/inbox.decider.ts';
import { notificationListProjection } from './notification-list/notification-list.projection.ts';
import { announceNotification } from './notification/notification.announcements.ts';
import { notification } from './notification/notification.decider.ts';
import type { NotificationsConfig } from './notifications.config.ts';
import { contextFactory, type NotificationsHandlers } from './notifications.context.ts';
import { notificationsResolvers } from './notifications.resolvers.ts';
import { announcePreferences } from './preferences/preferences.announcements.ts';
import { preferences } from './preferences/preferences.decider.ts';
import { preferencesProjection } from './preferences/preferences.projection.ts';
import { notificationSubscriptions } from './reactions/notify.reaction.ts';

const HOUSEKEEPING_MS = 10 * 60_000;

/** What the service stands on and does not make itself. */
export type NotificationsAdapters = {
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly clock?: Clock;
};

export type RunningNotifications = RunningSubgraph & {
  readonly services: NotificationsHandlers & { readonly store: EventStore };
};

type Tx = Prisma.TransactionClient;
type Database = ShardedDatabase<Tx>;

/**
 * Builds the service and starts it: reading and deciding first, then listening to the others, announcing, and answering.
 * `stop` takes it down in the reverse order.
 *
 * @throws {AppError} from the checks of the databases, and whatever keeps the port from opening. Nothing is left running.
 */
export const startNotifications = async (
  config: NotificationsConfig,
  { bus, logger, clock = systemClock }: NotificationsAdapters,
): Promise<RunningNotifications> => {
  const closing = gracefulStop();
  try {
    const { database, store, relays } = await openStore(config, { bus, logger, clock }, closing);
    const handlers = handlersOf(store);
    const { handleNotification: handle } = handlers;
    for (const subscription of notificationSubscriptions({ handle, store, clock })) {
      const listening = await bus.subscribe(subscription);
      closing.add(subscription.queue, () => listening.close());
    }
    startRelays(config, { bus, logger }, { database, relays }, closing);
    startHousekeeping(database, logger, closing);

    const subgraph = await startSubgraph({
      name: 'notifications',
      typeDefs: await readFile(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers: notificationsResolvers,
      contextOf: contextFactory({ database, handlers, clock, claimSecret: config.CLAIM_SECRET.reveal() }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      identityKey: config.IDENTITY_KEY.reveal(),
      deadlineMsMax: config.REQUEST_DEADLINE_MS,
      health: [databaseHealth(database)],
      logger,
      clock,
    });
    closing.add('subgraph', () => subgraph.stop(), { timeoutMs: 20_000 });
    return { ...subgraph, stop: () => closing.stop(), services: { ...handlers, store } };
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

const openStore = async (
  config: NotificationsConfig,
  { clock }: Required<NotificationsAdapters>,
  closing: GracefulStop,
) => {
  const { SHARD_URLS: shards, SHARD_MAP, REPLICA_LAG_MS_MAX: lagMsMax } = config;
  const names = shards.map(({ name }) => name);
  const shardMap = SHARD_MAP === undefined ? evenShardMap(names) : parseShardMap(SHARD_MAP, names);
  const database: Database = new ShardedDatabase<Tx>({
    service: 'notifications',
    shards,
    shardMap,
    lagMsMax,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  closing.add('database', () => database.stop());
  await database.start();

  const relays = new Map<string, OutboxRelay>();
  const store = postgresEventStore({
    database,
    projections: [notificationListProjection, preferencesProjection],
    clock,
    onAnnounced: (tenantId) => relays.get(shardOfTenant(shardMap, tenantId))?.wake(),
  });
  return { database, store, relays };
};

const handlersOf = (store: EventStore): NotificationsHandlers => ({
  handleNotification: commandHandler({ decider: notification, store, announce: announceNotification }),
  handleInbox: commandHandler({ decider: inbox, store, announce: announceInbox }),
  handlePreferences: commandHandler({ decider: preferences, store, announce: announcePreferences }),
});

/** One relay for each shard: what was committed there is announced, also what a former process left behind. */
const startRelays = (
  { RELAY_IDLE_MS: idleMs }: NotificationsConfig,
  { bus, logger }: NotificationsAdapters,
  { database, relays }: { readonly database: Database; readonly relays: Map<string, OutboxRelay> },
  closing: GracefulStop,
): void => {
  for (const shard of database.shardNames()) {
    const onError = (err: unknown) =>
      logger.error({ err, shard }, 'the outbox relay failed and will try again');
    const relay = startOutboxRelay({ outbox: postgresOutbox(database, shard), bus, idleMs, onError });
    relays.set(shard, relay);
    closing.add(`relay of ${shard}`, () => relay.stop());
  }
};

const startHousekeeping = (database: Database, logger: Logger, closing: GracefulStop): void => {
  let cleaning: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    cleaning = keepHouse(database).catch((err: unknown) => logger.warn({ err }, 'housekeeping failed'));
  }, HOUSEKEEPING_MS);
  timer.unref();
  closing.add('housekeeping', async () => {
    clearInterval(timer);
    await cleaning;
  });
};

/** Down when a shard can be neither read nor written, degraded when any node is not as it should be. */
const databaseHealth = (database: Database): HealthSource => ({
  name: 'database',
  check: async () => {
    const nodes = database.nodes();
    const isServed = (shard: string) => nodes.some((node) => node.shard === shard && node.status === 'up');
    const isUp = nodes.every(({ status }) => status === 'up');
    const isDown = nodes.some(({ shard }) => !isServed(shard));
    return {
      status: isDown ? 'down' : isUp ? 'up' : 'degraded',
      parts: nodes.map(({ name, shard, role, status, lagMs = null, responseTimeMs = null }) => ({
        name,
        status: status === 'lagging' ? 'degraded' : status,
        details: { shard, role, lagMs, responseTimeMs },
      })),
    };
  },
});
