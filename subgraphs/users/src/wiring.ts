import { readFile } from 'node:fs/promises';
import {
  keySetOf,
  memoryPermissionChanges,
  signAccessToken,
  signingKeyFromPem,
  type PermissionChanges,
  type RevokedSessions,
} from '@saas/auth';
import { eventCodec, type EventStore } from '@saas/event-sourcing';
import { systemClock, type Clock, type UserId } from '@saas/kernel';
import { memoryMessageBus, type MessageBus } from '@saas/messaging';
import {
  databaseHealth,
  limitsOf,
  openServiceStore,
  parkingOf,
  postgresSubjectKeys,
  type ReadModels,
  type Rebuilding,
  type ServiceStore,
  type ShardedDatabase,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-users';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { permissionRetelling, startSubgraph, tellingStore, type RunningSubgraph } from '@saas/subgraph';
import { prometheusMeter, type Logger, type PrometheusMeter } from '@saas/telemetry';
import type { KnownAccount } from './account/account.decider.ts';
import { accountsProjection } from './account/account.projection.ts';
import { contactsRoute } from './account/contacts.queries.ts';
import { otherOwner } from './account/account.queries.ts';
import { accounts } from './account/accounts.process.ts';
import { argon2Passwords } from './account/passwords.argon2.ts';
import type { Passwords } from './account/passwords.port.ts';
import type { EmailDirectory } from './directory/email-directory.port.ts';
import { postgresEmailDirectory } from './directory/email-directory.postgres.ts';
import { startReconciling } from './directory/reconciling.process.ts';
import { settlement } from './directory/settlement.process.ts';
import { erasedSessionsSubscription } from './erasure/erased-sessions.reaction.ts';
import { personErasure, type PersonErasure } from './erasure/erasure.process.ts';
import { postgresErasures } from './erasure/erasures.postgres.ts';
import { invitations } from './invitation/invitations.process.ts';
import { registration } from './registration/registration.process.ts';
import { sessionsProjection } from './session/session.projection.ts';
import { endedSessions, lateEndedSessions } from './session/session.queries.ts';
import { sessions } from './session/sessions.process.ts';
import { tenantsProjection } from './tenant/tenant.projection.ts';
import type { UsersConfig } from './users.config.ts';
import { contextFactory, type UsersServices } from './users.context.ts';
import { usersEvents } from './users.events.ts';
import { usersPermissionEffects, usersPermissionMessages } from './users-permissions.values.ts';
import { usersResolvers } from './users.resolvers.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** No session is of so late an epoch. */
const EPOCH_MAX = 2_147_483_647;

/** What the service stands on and does not make itself. */
export type UsersAdapters = {
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly revokedSessions: RevokedSessions;
  /** Who is told whose rights have changed; nobody outside this process unless given. */
  readonly permissionChanges?: PermissionChanges;
  readonly clock?: Clock;
  readonly meter?: PrometheusMeter;
  /** Argon2id unless given. */
  readonly passwords?: Passwords;
  /** Replaces what a registration stands on, so that a test can let it fail at any step. */
  readonly around?: (kept: RegistrationParts) => RegistrationParts;
};

/** What decides races for an address: the event store and the directory. */
export type RegistrationParts = { readonly store: EventStore; readonly directory: EmailDirectory };

export type RunningUsers = Pick<RunningSubgraph, 'url' | 'port' | 'health' | 'withdraw' | 'stop'> & {
  readonly services: UsersServices & { readonly store: EventStore };
  /** How many announcements have not been heard by everybody yet. */
  readonly waitingAnnouncements: () => Promise<number>;
};

const unchanged = (parts: RegistrationParts): RegistrationParts => parts;

type Tx = Prisma.TransactionClient;
type Ready = Required<UsersAdapters>;

/**
 * Builds the service and starts it. `stop` takes it down in the reverse order.
 *
 * @throws {AppError} from the checks of the databases, `SIGNING_KEY_UNUSABLE`, and whatever keeps the port from opening.
 *   Nothing is left running.
 */
export const startUsers = async (config: UsersConfig, given: UsersAdapters): Promise<RunningUsers> => {
  const adapters = {
    clock: systemClock,
    meter: prometheusMeter({ service: 'users' }),
    passwords: argon2Passwords(),
    permissionChanges: memoryPermissionChanges(),
    around: unchanged,
    ...given,
  };
  const closing = gracefulStop();
  try {
    const opened = await openStore(config, adapters, closing);
    const { database } = opened;
    const { store, directory } = adapters.around(registrationParts(opened, adapters));
    const services = servicesOf(config, adapters, { database, store, directory }, closing);
    await recallEndedSessions(config, adapters, database);
    await listen(config, adapters, opened, closing);
    opened.startRelays();
    const { clock, logger, meter, permissionChanges } = adapters;
    const subgraph = await startSubgraph({
      name: 'users',
      typeDefs: await readFile(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers: usersResolvers,
      contextOf: contextFactory({ database, services, clock, claimSecret: config.CLAIM_SECRET.reveal() }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      identityKey: config.IDENTITY_KEY.reveal(),
      deadlineMsMax: config.REQUEST_DEADLINE_MS,
      health: [databaseHealth(database)],
      routes: routesOf(config, database, clock),
      permissionChanges,
      logger,
      meter,
      clock,
    });
    closing.add('subgraph', () => subgraph.stop(), { timeoutMs: 20_000 });
    return {
      ...subgraph,
      stop: () => closing.stop(),
      services: { ...services, store },
      waitingAnnouncements: () => opened.waitingAnnouncements(),
    };
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

const registrationParts = (
  { store, database }: Pick<ServiceStore<Tx>, 'store' | 'database'>,
  { permissionChanges: changes, meter }: Ready,
): RegistrationParts => ({
  store: tellingStore(store, { effects: usersPermissionEffects, changes, meter }),
  directory: postgresEmailDirectory(database),
});

/** What is kept with the events, in this order. */
export const usersReadModels: ReadModels<Tx> = {
  inline: [accountsProjection, tenantsProjection, sessionsProjection],
  asynchronous: [],
};

/** What a tool needs besides the databases in order to build the read models again. */
export const usersRebuilding: Rebuilding<Tx> = {
  readModels: usersReadModels,
  codec: eventCodec(usersEvents),
  createClient: (adapter) => new PrismaClient({ adapter }),
};

/**
 * Opens what erases people beside a service that runs, or without one. What it announces is published by the service.
 *
 * @throws {AppError} from the checks of the databases. Nothing is left open.
 */
export const openErasure = async (
  config: UsersConfig,
  { logger, clock = systemClock }: Pick<UsersAdapters, 'logger' | 'clock'>,
): Promise<PersonErasure & { readonly stop: () => Promise<void> }> => {
  const closing = gracefulStop();
  const meter = prometheusMeter({ service: 'users' });
  const { database, store } = await openStore(
    config,
    { bus: memoryMessageBus({ isClosed: true }), logger, clock, meter },
    closing,
  );
  const erasure = personErasure({
    store,
    keys: postgresSubjectKeys(database, config.PERSONAL_DATA_KEY.reveal()),
    directory: postgresEmailDirectory(database),
    erasures: postgresErasures(database),
    clock,
    findOtherOwner: ({ tenantId, userId }) =>
      database.readPrimary({ tenantId }, (tx) => otherOwner(tx, tenantId, userId)),
  });
  return { ...erasure, stop: () => closing.stop() };
};

const openStore = async (
  config: UsersConfig,
  { bus, logger, clock, meter }: Pick<Ready, 'bus' | 'logger' | 'clock' | 'meter'>,
  closing: GracefulStop,
) => {
  const opened = await openServiceStore<Tx>({
    service: 'users',
    shards: config.SHARD_URLS,
    shardMap: config.SHARD_MAP,
    lagMsMax: config.REPLICA_LAG_MS_MAX,
    limits: limitsOf(config),
    createClient: (adapter) => new PrismaClient({ adapter }),
    readModels: usersReadModels,
    codec: eventCodec(usersEvents),
    sealing: { schemas: usersEvents, secret: config.PERSONAL_DATA_KEY.reveal() },
    bus,
    relayIdleMs: config.RELAY_IDLE_MS,
    parking: parkingOf(config),
    clock,
    meter,
    onError: (err, what) => logger.error({ err }, `${what} failed and will try again`),
  });
  closing.add('store', () => opened.stop());
  return opened;
};

type Kept = {
  readonly database: ShardedDatabase<Tx>;
  readonly store: EventStore;
  readonly directory: EmailDirectory;
};

const servicesOf = (
  config: UsersConfig,
  adapters: Ready,
  kept: Kept,
  closing: GracefulStop,
): UsersServices => {
  const { clock, passwords, revokedSessions, logger } = adapters;
  const { database, store, directory } = kept;
  const accessTokenMs = config.ACCESS_TOKEN_SECONDS * 1_000;
  const settling = settlement({ store, directory, clock });
  const onError = (err: unknown) =>
    logger.error({ err }, 'reconciling the e-mail directory failed and will be tried again');
  const reconciling = startReconciling({
    settlement: settling,
    intervalMs: config.RECONCILE_INTERVAL_MS,
    onError,
  });
  closing.add('reconciling', () => reconciling.stop());

  const shared = { store, directory, settlement: settling, passwords, clock };
  const signer = {
    key: signingKeyOf(config),
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    lifetimeSeconds: config.ACCESS_TOKEN_SECONDS,
    clock,
  };
  return {
    register: registration(shared),
    invitations: invitations({ store, clock, secret: config.CLAIM_SECRET.reveal() }),
    sessions: sessions({
      ...shared,
      signAccess: (viewer) => signAccessToken(signer, viewer),
      revokedSessions,
      accessTokenMs,
      idleMsMax: config.REFRESH_TOKEN_DAYS * DAY_MS,
    }),
    accounts: accounts({
      ...shared,
      findOtherOwner: (tenantId, userId: UserId) =>
        database.readPrimary({ tenantId }, (tx) => otherOwner(tx, tenantId, userId)),
      denySessions: sessionDenial(config, adapters, database),
    }),
  };
};

/** To its own announcements: who makes them may be another process. */
const listen = async (
  config: UsersConfig,
  adapters: Ready,
  opened: Pick<ServiceStore<Tx>, 'database' | 'listen'>,
  closing: GracefulStop,
): Promise<void> => {
  const denySessions = sessionDenial(config, adapters, opened.database);
  const erasures = erasedSessionsSubscription({
    denyAll: (user) => denySessions({ ...user, sessionEpoch: EPOCH_MAX, keptSessionId: null }),
  });
  const retelling = permissionRetelling({
    queue: 'users.permissions',
    bindings: [{ topic: 'user_events', pattern: 'user.#' }],
    messages: usersPermissionMessages,
    changes: adapters.permissionChanges,
  });
  for (const subscription of [erasures, retelling]) {
    const listening = await opened.listen(subscription);
    closing.add(subscription.queue, () => listening.close());
  }
};

/** Makes access tokens worthless that an account does not stand behind any more. */
const sessionDenial =
  ({ ACCESS_TOKEN_SECONDS }: UsersConfig, { clock, revokedSessions }: Ready, database: ShardedDatabase<Tx>) =>
  async ({ tenantId, ...account }: EndedSessionsOf): Promise<void> => {
    const now = clock.now().getTime();
    const accessTokenMs = ACCESS_TOKEN_SECONDS * 1_000;
    const ended = { ...account, usedSince: new Date(now - accessTokenMs).toISOString() };
    const ids = await database.readPrimary({ tenantId }, (tx) => endedSessions(tx, tenantId, ended));
    await Promise.all(ids.map((sessionId) => revokedSessions.revoke(sessionId, now + accessTokenMs)));
  };

type EndedSessionsOf = Pick<KnownAccount, 'tenantId' | 'userId' | 'sessionEpoch' | 'keptSessionId'>;

/** Who remembers ended sessions in memory has forgotten them at a restart: the databases have not. */
const recallEndedSessions = async (
  { ACCESS_TOKEN_SECONDS }: UsersConfig,
  { clock, revokedSessions }: Ready,
  database: ShardedDatabase<Tx>,
): Promise<void> => {
  const now = clock.now().getTime();
  const accessTokenMs = ACCESS_TOKEN_SECONDS * 1_000;
  const usedSince = new Date(now - accessTokenMs).toISOString();
  const ended = await database.eachShard((tx) => lateEndedSessions(tx, usedSince));
  await Promise.all(ended.flat().map((sessionId) => revokedSessions.revoke(sessionId, now + accessTokenMs)));
};

const signingKeyOf = ({ TOKEN_PRIVATE_KEY }: UsersConfig) =>
  signingKeyFromPem(TOKEN_PRIVATE_KEY.reveal().replaceAll('\\n', '\n'));

const routesOf = (config: UsersConfig, database: ShardedDatabase<Tx>, clock: Clock) => [
  { path: '/.well-known/jwks.json', answer: async () => keySetAnswer(config) },
  contactsRoute({ database, key: config.CONTACTS_KEY.reveal(), clock }),
];

/** Verifiers may keep the set for five minutes. */
const keySetAnswer = (config: UsersConfig) => ({
  contentType: 'application/jwk-set+json',
  headers: { 'cache-control': 'public, max-age=300' },
  body: keySetOf([signingKeyOf(config)]),
});
