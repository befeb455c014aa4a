import { requireViewer, type AuthenticatedViewer } from '@saas/auth';
import { claimOf, type Claim, type CommandHandler, type EventStore } from '@saas/event-sourcing';
import { bucketOfId, newId, type Clock, type IdKind, type IdOf } from '@saas/kernel';
import type { ShardedDatabase } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import type { SubgraphRequest } from '@saas/subgraph';
import type { Project, ProjectCommand } from './project/project.decider.ts';
import type { Actor } from './project/project.values.ts';
import { projectsLoaders, type ProjectsLoaders } from './projects-loaders.context.ts';
import type { Task, TaskCommand } from './task/task.decider.ts';

type Tx = Prisma.TransactionClient;

/** What outlives a request: made once by the wiring, shared by every context. */
export type ProjectsServices = {
  readonly store: EventStore;
  readonly handleProject: CommandHandler<Project, ProjectCommand>;
  readonly handleTask: CommandHandler<Task, TaskCommand>;
};

type Options = ProjectsServices & {
  readonly database: Pick<ShardedDatabase<Tx>, 'read'>;
  readonly clock: Clock;
  readonly claimSecret: string;
};

/** Everything a resolver may touch, made anew for each request. */
export type ProjectsContext = SubgraphRequest &
  ProjectsServices & {
    readonly clock: Clock;
    /** Who acts and when, for a command. @throws {AppError} `UNAUTHENTICATED`. */
    readonly author: () => Author;
    /** The viewer's claim on a mutation: its key, and a hash of all the rest. None without a key. */
    readonly claim: (
      operation: string,
      input: { readonly idempotencyKey?: string | null },
    ) => Claim | undefined;
    /** One transaction as the viewer's tenant, at least as new as what this request has written. */
    readonly read: <Result>(
      work: (tx: Tx, viewer: AuthenticatedViewer) => Promise<Result>,
    ) => Promise<Result>;
    readonly newId: <Kind extends IdKind>(kind: Kind) => IdOf[Kind];
    /** What was asked for meanwhile is asked for together, once per tick. */
    readonly loaders: () => ProjectsLoaders;
    /** After a write: the answer carries the token, and nothing that was read before is used again. */
    readonly wrote: (token: string | undefined) => void;
  };

export type Author = { readonly viewer: AuthenticatedViewer; readonly by: Actor; readonly at: string };

export const projectsContext = (request: SubgraphRequest, options: Options): ProjectsContext => {
  const { database, clock, store, handleProject, handleTask } = options;
  const read: ProjectsContext['read'] = (work) => {
    const viewer = requireViewer(request.viewer);
    const { tenantId } = viewer;
    return database.read({ tenantId, token: request.currentToken(), patience: request }, (tx) =>
      work(tx, viewer),
    );
  };
  let loaders = projectsLoaders(read);
  return {
    ...request,
    clock,
    store,
    handleProject,
    handleTask,
    read,
    author: () => {
      const viewer = requireViewer(request.viewer);
      const { userId, role: tenantRole } = viewer;
      return { viewer, by: { userId, tenantRole }, at: clock.now().toISOString() };
    },
    claim: (operation, input) =>
      claimOf({ scope: requireViewer(request.viewer).userId, operation, input, secret: options.claimSecret }),
    newId: (kind) => newId(kind, bucketOfId(requireViewer(request.viewer).tenantId), clock),
    loaders: () => loaders,
    wrote: (token) => {
      request.keepToken(token);
      loaders = projectsLoaders(read);
    },
  };
};
