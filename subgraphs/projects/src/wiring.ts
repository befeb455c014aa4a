import { readFile } from 'node:fs/promises';
import { memoryPermissionChanges, type PermissionChanges } from '@saas/auth';
import { commandHandler, eventCodec, type CommandHandler, type EventStore } from '@saas/event-sourcing';
import { systemClock, type Clock } from '@saas/kernel';
import type { MessageBus } from '@saas/messaging';
import {
  databaseHealth,
  limitsOf,
  openServiceStore,
  parkingOf,
  type ReadModels,
  type Rebuilding,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { permissionRetelling, startSubgraph, tellingStore, type RunningSubgraph } from '@saas/subgraph';
import { prometheusMeter, type Logger, type PrometheusMeter } from '@saas/telemetry';
import { knownUser, type KnownUser, type KnownUserCommand } from './known-user/known-user.decider.ts';
import { announceProject } from './project/project.announcements.ts';
import { project, projectSnapshots } from './project/project.decider.ts';
import { projectActivityProjection } from './project-activity/project-activity.projection.ts';
import { projectListProjection } from './project-list/project-list.projection.ts';
import { projectMembersProjection } from './project-list/project-members.projection.ts';
import type { ProjectsConfig } from './projects.config.ts';
import { projectsContext, type ProjectsServices } from './projects.context.ts';
import { projectsEvents } from './projects.events.ts';
import { projectsPermissionEffects, projectsPermissionMessages } from './projects-permissions.values.ts';
import { projectsResolvers } from './projects.resolvers.ts';
import { usersSubscription } from './reactions/users.reaction.ts';
import { announceTask } from './task/task.announcements.ts';
import { task, taskSnapshots } from './task/task.decider.ts';
import { taskListProjection } from './task-list/task-list.projection.ts';

/** What the service stands on and does not make itself. */
export type ProjectsAdapters = {
  readonly bus: MessageBus;
  readonly logger: Logger;
  /** Who is told whose rights have changed; nobody outside this process unless given. */
  readonly permissionChanges?: PermissionChanges;
  readonly clock?: Clock;
  readonly meter?: PrometheusMeter;
  /** Told of every SQL statement, for measurements; it costs time. */
  readonly onStatement?: (sql: string) => void;
};

export type RunningProjects = Pick<RunningSubgraph, 'url' | 'port' | 'health' | 'withdraw' | 'stop'> & {
  /** The write side, for whoever makes data in bulk: many commands on different streams may share a transaction. */
  readonly services: AllServices;
  /** How many announcements have not been heard by everybody yet. */
  readonly waitingAnnouncements: () => Promise<number>;
};

/** The ways in which this service's state changes. */
export type AllServices = ProjectsServices & {
  readonly handleKnownUser: CommandHandler<KnownUser, KnownUserCommand>;
};

type Tx = Prisma.TransactionClient;

/**
 * Builds the service and starts it: reading and deciding first, then listening to the others, announcing, and answering.
 * `stop` takes it down in the reverse order.
 *
 * @throws {AppError} from the checks of the databases, and whatever keeps the port from opening. Nothing is left running.
 */
export const startProjects = async (
  config: ProjectsConfig,
  adapters: ProjectsAdapters,
): Promise<RunningProjects> => {
  const closing = gracefulStop();
  try {
    const meter = prometheusMeter({ service: 'projects' });
    const permissionChanges = memoryPermissionChanges();
    return await build(config, { clock: systemClock, meter, permissionChanges, ...adapters }, closing);
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

type Ready = ProjectsAdapters & Required<Pick<ProjectsAdapters, 'clock' | 'meter' | 'permissionChanges'>>;

const build = async (
  config: ProjectsConfig,
  adapters: Ready,
  closing: GracefulStop,
): Promise<RunningProjects> => {
  const { logger, clock, meter, permissionChanges: changes } = adapters;
  const kept = await openStore(config, adapters);
  closing.add('store', () => kept.stop(), { timeoutMs: 15_000 });
  const { database } = kept;
  const store = tellingStore(kept.store, { effects: projectsPermissionEffects, changes, meter });
  const services = projectsServices(store);
  for (const subscription of [usersSubscription(services.handleKnownUser), retelling(changes)]) {
    const listening = await kept.listen(subscription);
    closing.add(subscription.queue, () => listening.close());
  }
  kept.startRelays();

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
    permissionChanges: changes,
    logger,
    meter,
    clock,
  });
  closing.add('subgraph', subgraph.stop, { timeoutMs: 20_000 });
  const { url, port, health } = subgraph;
  return {
    url,
    port,
    health,
    withdraw: subgraph.withdraw,
    stop: () => closing.stop(),
    services,
    waitingAnnouncements: () => kept.waitingAnnouncements(),
  };
};

const retelling = (changes: PermissionChanges) =>
  permissionRetelling({
    queue: 'projects.permissions',
    bindings: [{ topic: 'project_events', pattern: 'project.#' }],
    messages: projectsPermissionMessages,
    changes,
  });

const openStore = (config: ProjectsConfig, { bus, logger, clock, meter, onStatement }: Ready) =>
  openServiceStore<Tx>({
    service: 'projects',
    shards: config.SHARD_URLS,
    shardMap: config.SHARD_MAP,
    lagMsMax: config.REPLICA_LAG_MS_MAX,
    limits: limitsOf(config),
    createClient: clientFactory(onStatement),
    readModels: projectsReadModels,
    codec: eventCodec(projectsEvents),
    bus,
    relayIdleMs: config.RELAY_IDLE_MS,
    parking: parkingOf(config),
    clock,
    meter,
    logger,
    onError: (err, what) => logger.error({ err }, `${what} failed and will try again`),
  });

/** The write side over any event store. */
export const projectsServices = (store: EventStore): AllServices => ({
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

/** What is kept with the events, in this order, and what follows them. */
export const projectsReadModels: ReadModels<Tx> = {
  inline: [projectListProjection, projectMembersProjection, taskListProjection],
  asynchronous: [projectActivityProjection],
};

/** What a tool needs besides the databases in order to build the read models again. */
export const projectsRebuilding: Rebuilding<Tx> = {
  readModels: projectsReadModels,
  codec: eventCodec(projectsEvents),
  createClient: (adapter) => new PrismaClient({ adapter }),
};

type Adapter = ConstructorParameters<typeof PrismaClient>[0]['adapter'];

const clientFactory = (onStatement: ProjectsAdapters['onStatement']) => (adapter: NonNullable<Adapter>) => {
  if (!onStatement) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', ({ query }) => onStatement(query));
  return client;
};
