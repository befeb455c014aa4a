import { readFile } from 'node:fs/promises';
import { memoryPermissionChanges, type PermissionChanges } from '@saas/auth';
import { commandHandler, eventCodec, type EventStore } from '@saas/event-sourcing';
import { systemClock, type Clock } from '@saas/kernel';
import type { MessageBus } from '@saas/messaging';
import {
  databaseHealth,
  limitsOf,
  openServiceStore,
  parkingOf,
  type ReadModels,
  type Rebuilding,
  type ServiceStore,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-notifications';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { startSubgraph, tellingStore, type RunningSubgraph } from '@saas/subgraph';
import { prometheusMeter, type Logger, type PrometheusMeter } from '@saas/telemetry';
import { httpContacts } from './delivery/contacts.http.ts';
import { startDeliveries, type Deliveries } from './delivery/deliveries.process.ts';
import { deliveryHealth } from './delivery/delivery-health.queries.ts';
import { deliveryQueue } from './delivery/delivery-queue.projection.ts';
import { emailSender } from './delivery/email.process.ts';
import type { Mailer } from './delivery/mail.port.ts';
import { smtpMailer } from './delivery/mail.smtp.ts';
import { spoolMailer } from './delivery/mail.spool.ts';
import { webhookSender } from './delivery/webhook.process.ts';
import { announceInbox } from './inbox/inbox.announcements.ts';
import { inbox, inboxSnapshots } from './inbox/inbox.decider.ts';
import { notificationListProjection } from './notification-list/notification-list.projection.ts';
import { announceNotification } from './notification/notification.announcements.ts';
import { notification } from './notification/notification.decider.ts';
import type { NotificationsConfig } from './notifications.config.ts';
import { contextFactory, type NotificationsHandlers } from './notifications.context.ts';
import { notificationsEvents } from './notifications.events.ts';
import { notificationsPermissionEffects } from './notifications-permissions.values.ts';
import { notificationsResolvers } from './notifications.resolvers.ts';
import { emailDigestsProjection } from './preferences/email-digests.projection.ts';
import { announcePreferences } from './preferences/preferences.announcements.ts';
import { preferences, preferencesSnapshots } from './preferences/preferences.decider.ts';
import { preferencesProjection } from './preferences/preferences.projection.ts';
import { announceWebhook } from './webhook/webhook.announcements.ts';
import { webhook } from './webhook/webhook.decider.ts';
import type { SignedWebhook } from './webhook/webhook.values.ts';
import { postWebhook } from './webhook/webhook-request.http.ts';
import { webhookRows } from './webhook/webhook-rows.projection.ts';
import { notificationSubscriptions } from './reactions/notify.reaction.ts';

/** A relay finishes the batch in hand first. */
const STORE_STOP_MS_MAX = 15_000;

/** What the service stands on and does not make itself. */
export type NotificationsAdapters = {
  readonly bus: MessageBus;
  readonly logger: Logger;
  /** Who is told whose rights have changed; nobody outside this process unless given. */
  readonly permissionChanges?: PermissionChanges;
  /** What e-mails are handed to; by the settings a mail server or the spool unless given. */
  readonly mailer?: Mailer;
  readonly clock?: Clock;
  readonly meter?: PrometheusMeter;
  /** From 0 to 1: how much of its longest pause a delivery that failed waits. By chance unless given. */
  readonly chance?: () => number;
};

export type RunningNotifications = RunningSubgraph & {
  /** The write side, for whoever makes data in bulk. */
  readonly services: ReturnType<typeof notificationsServices>;
  /** How many announcements have not been heard by everybody yet. */
  readonly waitingAnnouncements: () => Promise<number>;
};

/**
 * Builds the service and starts it: reading and deciding first, then listening to the others, announcing, and answering.
 * `stop` takes it down in the reverse order.
 *
 * @throws {AppError} from the checks of the databases, and whatever keeps the port from opening. Nothing is left running.
 */
export const startNotifications = async (
  config: NotificationsConfig,
  given: NotificationsAdapters,
): Promise<RunningNotifications> => {
  const closing = gracefulStop();
  try {
    const meter = prometheusMeter({ service: 'notifications' });
    const mailer = given.mailer ?? mailerOf(config);
    closing.add('mailer', () => mailer.close());
    const permissionChanges = memoryPermissionChanges();
    const own = { clock: systemClock, chance: Math.random, meter, mailer, permissionChanges };
    return await build(config, { ...own, ...given }, closing);
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

const build = async (
  config: NotificationsConfig,
  adapters: Required<NotificationsAdapters>,
  closing: GracefulStop,
): Promise<RunningNotifications> => {
  const { logger, clock, meter, permissionChanges: changes } = adapters;
  const { database, ...kept } = await openNotificationsStore(config, adapters);
  const store = tellingStore(kept.store, { effects: notificationsPermissionEffects, changes, meter });
  closing.add('store', () => kept.stop(), { timeoutMs: STORE_STOP_MS_MAX });
  const services = notificationsServices(store);
  const deliveries = deliveriesOf(config, adapters, { database, store });
  closing.add('deliveries', () => deliveries.stop(), { timeoutMs: config.DELIVERY_TIMEOUT_MS + 5_000 });
  const handle: typeof services.handleNotification = async (request) => {
    const outcome = await services.handleNotification(request);
    deliveries.wake();
    return outcome;
  };
  for (const subscription of notificationSubscriptions({ handle, store, clock })) {
    const listening = await kept.listen(subscription);
    closing.add(subscription.queue, () => listening.close());
  }
  kept.startRelays();

  const claimSecret = config.CLAIM_SECRET.reveal();
  const subgraph = await startSubgraph({
    name: 'notifications',
    typeDefs: await readFile(new URL('../schema.graphql', import.meta.url), 'utf8'),
    resolvers: notificationsResolvers,
    contextOf: contextFactory({
      database,
      handlers: services,
      clock,
      claimSecret,
      webhookRules: webhookRulesOf(config),
    }),
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    identityKey: config.IDENTITY_KEY.reveal(),
    deadlineMsMax: config.REQUEST_DEADLINE_MS,
    health: [databaseHealth(database), deliveryHealth(deliveries)],
    permissionChanges: changes,
    logger,
    meter,
    clock,
  });
  closing.add('subgraph', () => subgraph.stop(), { timeoutMs: 20_000 });
  return {
    ...subgraph,
    stop: () => closing.stop(),
    services,
    waitingAnnouncements: () => kept.waitingAnnouncements(),
  };
};

/** The ways in which this service's state changes. */
export const notificationsServices = (
  store: EventStore,
): NotificationsHandlers & { readonly store: EventStore } => ({
  store,
  handleNotification: commandHandler({ decider: notification, store, announce: announceNotification }),
  handleInbox: commandHandler({
    decider: inbox,
    store,
    announce: announceInbox,
    snapshots: inboxSnapshots,
  }),
  handlePreferences: commandHandler({
    decider: preferences,
    store,
    announce: announcePreferences,
    snapshots: preferencesSnapshots,
  }),
  handleWebhook: commandHandler({ decider: webhook, store, announce: announceWebhook }),
});

/** What is kept with the events, in this order. The queue of deliveries is, too, but cannot be rebuilt from them. */
export const notificationsReadModels: ReadModels<Prisma.TransactionClient> = {
  inline: [notificationListProjection, preferencesProjection, emailDigestsProjection],
  asynchronous: [],
};

/** What a tool needs besides the databases in order to build the read models again. */
export const notificationsRebuilding: Rebuilding<Prisma.TransactionClient> = {
  readModels: notificationsReadModels,
  codec: eventCodec(notificationsEvents),
  createClient: (adapter) => new PrismaClient({ adapter }),
};

const deliveriesOf = (
  config: NotificationsConfig,
  { logger, clock, chance, meter, mailer }: Required<NotificationsAdapters>,
  { database, store }: Pick<ServiceStore<Prisma.TransactionClient>, 'database' | 'store'>,
): Deliveries => {
  const { key, mayBePrivate } = webhookRulesOf(config);
  const post = (url: string, signed: SignedWebhook, signal: AbortSignal) =>
    postWebhook(url, signed, { mayBePrivate, signal });
  const contacts = httpContacts({ url: config.CONTACTS_URL, key: config.CONTACTS_KEY.reveal(), clock });
  return startDeliveries({
    database,
    senders: {
      EMAIL: emailSender({ store, contacts, mailer }),
      WEBHOOK: webhookSender({ store, database, key, clock, post }),
    },
    retries: {
      attemptsMax: config.DELIVERY_ATTEMPTS_MAX,
      baseMs: config.DELIVERY_RETRY_BASE_MS,
      maxMs: config.DELIVERY_RETRY_MAX_MS,
    },
    timeoutMs: config.DELIVERY_TIMEOUT_MS,
    idleMs: config.DELIVERY_IDLE_MS,
    clock,
    chance,
    meter,
    onError: (err) => logger.error({ err }, 'a delivery failed unforeseen and will be tried again'),
  });
};

const webhookRulesOf = ({ WEBHOOK_KEY, WEBHOOK_PRIVATE_ADDRESSES }: NotificationsConfig) => ({
  key: WEBHOOK_KEY.reveal(),
  mayBePrivate: WEBHOOK_PRIVATE_ADDRESSES,
});

const mailerOf = ({
  SMTP_URL,
  MAIL_SPOOL_DIR,
  MAIL_FROM: from,
  DELIVERY_TIMEOUT_MS: timeoutMs,
}: NotificationsConfig): Mailer =>
  SMTP_URL === undefined
    ? spoolMailer(MAIL_SPOOL_DIR, from)
    : smtpMailer({ url: SMTP_URL.reveal(), from, timeoutMs });

/** What the service keeps, with everything that is kept with the events; announces nothing until told to. */
export const openNotificationsStore = (
  config: NotificationsConfig,
  { bus, logger, clock, meter }: Required<Pick<NotificationsAdapters, 'bus' | 'logger' | 'clock' | 'meter'>>,
): Promise<ServiceStore<Prisma.TransactionClient>> =>
  openServiceStore<Prisma.TransactionClient>({
    service: 'notifications',
    shards: config.SHARD_URLS,
    shardMap: config.SHARD_MAP,
    lagMsMax: config.REPLICA_LAG_MS_MAX,
    limits: limitsOf(config),
    createClient: (adapter) => new PrismaClient({ adapter }),
    readModels: notificationsReadModels,
    keptAlong: [deliveryQueue, webhookRows],
    codec: eventCodec(notificationsEvents),
    bus,
    relayIdleMs: config.RELAY_IDLE_MS,
    parking: parkingOf(config),
    clock,
    meter,
    logger,
    onError: (err, what) => logger.error({ err }, `${what} failed and will try again`),
  });
