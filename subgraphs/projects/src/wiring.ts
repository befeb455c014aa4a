import { readFile } from 'node:fs/promises';
import { commandHandler, type CommandHandler, type EventStore } from '@saas/event-sourcing';
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
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { startSubgraph, type RunningSubgraph } from '@saas/subgraph';
import type { HealthSource, Logger } from '@saas/telemetry';
import { knownUser, type KnownUser, type KnownUserCommand } from './known-user/known-user.decider.ts';
import { announceProject } from './project/project.announcements.ts';
import { project, projectSnapshots } from './project/project.decider.ts';
import { projectListProjection } from './project-list/project-list.projection.ts';
import { projectMembersProjection } from './project-list/project-members.projection.ts';
import type { ProjectsConfig } from './projects.config.ts';
import { projectsContext, type ProjectsServices } from './projects.context.ts';
import { projectsResolvers } from './projects.resolvers.ts';
import { usersSubscription } from './reactions/users.reaction.ts';
import { announceTask } from './task/task.announcements.ts';
import { task, taskSnapshots } from './task/task.decider.ts';
import { taskListProjection } from './task-list/task-list.projection.ts';

const HOUSEKEEPING_MS = 10 * 60_000;

/** What the service stands on and does not make itself. */
export type ProjectsAdapters = {
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly clock?: Clock;
};

export type RunningProjects = Pick<RunningSubgraph, 'url' | 'port' | 'health' | 'stop'> & {
  /** The write side, for whoever makes data in bulk: many commands on different streams may share a transaction. */
  readonly services: ReturnType<typeof projectsServices>;
};

type Tx = Prisma.TransactionClient;
type Database = ShardedDatabase<Tx>;

/**
 * Builds the service and starts it: reading and deciding first, then listening to the others, announcing, and answering.
 * `stop` takes it down in the reverse order.
 *
 * @throws {AppError} from the checks of the databases, and whatever keeps the port from opening. Nothing is left running.
 */
export const startProjects = async (
  config: ProjectsConfig,
  { bus, logger, clock = systemClock }: ProjectsAdapters,
): Promise<RunningProjects> => {
  const closing = gracefulStop();
  try {
    const { database, store, relays } = await openStore(config, clock, closing);
    const services = projectsServices(store);
    const subscription = usersSubscription(services.handleKnownUser);
    const listening = await bus.subscribe(subscription);
    closing.add(subscription.queue, () => listening.close());
    startRelays(config, { bus, logger }, { database, relays }, closing);
    startHousekeeping(database, logger, closing);

    const claimSecret = config.CLAIM_SECRET.reveal();
    const subgraph = await startSubgraph({
      name: 'projects',
      typeDefs: await readFile(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers: projectsResolvers,
      contextOf: (request) => projectsContext(request, { ...services, database, clock, claimSecret }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      identityKey: config.IDENTITY_KEY.reveal(),
      deadlineMsMax: config.REQUEST_DEADLINE_MS,
      health: [databaseHealth(database)],
      logger,
      clock,
    });
    closing.add('subgraph', subgraph.stop, { timeoutMs: 20_000 });
    const { url, port, health } = subgraph;
    return { url, port, health, stop: () => closing.stop(), services };
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

/** The ways in which this service's state changes. */
export const projectsServices = (
  store: EventStore,
): ProjectsServices & { readonly handleKnownUser: CommandHandler<KnownUser, KnownUserCommand> } => ({
  store,
  handleProject: commandHandler({
    decider: project,
    store,
    announce: announceProject,
    snapshots: projectSnapshots,
  }),
  handleTask: commandHandler({ decider: task, store, announce: announceTask, snapshots: taskSnapshots }),
  handleKnownUser: commandHandler({ decider: knownUser, store, announce: () => [] }),
});

/** What is kept with the events, in this order. */
export const projectsProjections = [projectListProjection, projectMembersProjection, taskListProjection];

const openStore = async (config: ProjectsConfig, clock: Clock, closing: GracefulStop) => {
  const { SHARD_URLS: shards, SHARD_MAP, REPLICA_LAG_MS_MAX: lagMsMax } = config;
  const names = shards.map(({ name }) => name);
  const shardMap = SHARD_MAP === undefined ? evenShardMap(names) : parseShardMap(SHARD_MAP, names);
  const database: Database = new ShardedDatabase<Tx>({
    service: 'projects',
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
    projections: projectsProjections,
    clock,
    onAnnounced: (tenantId) => relays.get(shardOfTenant(shardMap, tenantId))?.wake(),
  });
  return { database, store, relays };
};

/** One relay for each shard: what was committed there is announced, also what a former process left behind. */
const startRelays = (
  { RELAY_IDLE_MS: idleMs }: ProjectsConfig,
  { bus, logger }: ProjectsAdapters,
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
