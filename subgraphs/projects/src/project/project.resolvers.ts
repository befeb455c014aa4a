import type { CommandOutcome, Work } from '@saas/event-sourcing';
import { parseId } from '@saas/kernel';
import { payload } from '@saas/subgraph';
import type { ProjectView } from '../project-list/project-list.queries.ts';
import type { Author, ProjectsContext } from '../projects.context.ts';
import { addMemberWork } from './project-work.context.ts';
import { roleOf, type Project, type ProjectCommand } from './project.decider.ts';
import { projectStream } from './project.events.ts';
import { parseProjectDescription, parseProjectName, type Actor, type ProjectRole } from './project.values.ts';

type Input = {
  readonly projectId: string;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};
type NewProjectInput = {
  readonly name: string;
  readonly description?: string | null;
  readonly idempotencyKey?: string | null;
};
type Description = { readonly description?: string | null };

/** How projects are changed. Answers come from what was decided, never from a replica. */
export const projectResolvers = {
  Mutation: {
    createProject: (_: unknown, { input }: { input: NewProjectInput }, context: ProjectsContext) =>
      payload(() => {
        const { by, at } = context.author();
        const projectId = context.newId('prj');
        const name = parseProjectName(input.name);
        const description = parseProjectDescription(input.description);
        const command = { type: 'CreateProject', projectId, name, description, by, at } as const;
        return handle(context, 'createProject', input, {
          commands: [{ stream: projectStream(projectId), command, isNew: true }],
        });
      }),

    renameProject: change<Input & Description & { readonly name: string }>(
      'renameProject',
      (input, author) => ({
        type: 'RenameProject',
        name: parseProjectName(input.name),
        // Left out is not the same as null: the one keeps, the other removes.
        description: input.description === undefined ? undefined : parseProjectDescription(input.description),
        ...author,
      }),
    ),

    archiveProject: change('archiveProject', (_, author) => ({ type: 'ArchiveProject', ...author })),

    addProjectMember: (
      _: unknown,
      { input }: { input: Input & { readonly userId: string; readonly role?: ProjectRole | null } },
      context: ProjectsContext,
    ) =>
      payload(() => {
        const { viewer, by, at } = context.author();
        const userId = parseId('usr', input.userId, 'userId');
        const role = input.role ?? 'MEMBER';
        const work = addMemberWork({
          store: context.store,
          clock: context.clock,
          tenantId: viewer.tenantId,
          ...targetOf(input),
          command: { type: 'AddProjectMember', userId, role, by, at },
        });
        return handle(context, 'addProjectMember', input, work);
      }),

    removeProjectMember: change<Input & { readonly userId: string }>(
      'removeProjectMember',
      (input, author) => ({
        type: 'RemoveProjectMember',
        userId: parseId('usr', input.userId, 'userId'),
        ...author,
      }),
    ),

    changeProjectMemberRole: change<Input & { readonly userId: string; readonly role: ProjectRole }>(
      'changeProjectMemberRole',
      (input, author) => ({
        type: 'ChangeProjectMemberRole',
        userId: parseId('usr', input.userId, 'userId'),
        role: input.role,
        ...author,
      }),
    ),
  },
};

/** A mutation whose command can be written from its input alone. */
function change<Given extends Input>(
  operation: string,
  commandOf: (input: Given, author: Pick<Author, 'by' | 'at'>) => ProjectCommand,
) {
  return (_: unknown, { input }: { input: Given }, context: ProjectsContext) =>
    payload(() => {
      const { by, at } = context.author();
      const { projectId, expectedVersion } = targetOf(input);
      const command = commandOf(input, { by, at });
      return handle(context, operation, input, {
        commands: [{ stream: projectStream(projectId), command, expectedVersion }],
      });
    });
}

const targetOf = ({ projectId, expectedVersion }: Input) => ({
  projectId: parseId('prj', projectId, 'projectId'),
  expectedVersion: expectedVersion ?? undefined,
});

const handle = async (
  context: ProjectsContext,
  operation: string,
  input: { readonly idempotencyKey?: string | null },
  work: Work<ProjectCommand> | (() => Promise<Work<ProjectCommand>>),
) => {
  const { viewer, by } = context.author();
  const outcome = await context.handleProject({
    tenantId: viewer.tenantId,
    metadata: { actor: by.userId, ...context.origin },
    claim: context.claim(operation, input),
    endsAtMs: context.endsAtMs,
    work,
  });
  context.wrote(outcome.token);
  return { project: viewOf(outcome, by) };
};

/** The decided project as the one who changed it sees it: no longer at all, after having left it. */
const viewOf = ({ results: [result] }: CommandOutcome<Project>, by: Actor): ProjectView | null => {
  if (!result || result.state.status === 'absent') return null;
  const { state, version } = result;
  const viewerRole = roleOf(by, state);
  if (viewerRole === null) return null;
  const { projectId, name, description, ownerId, archivedAt, createdAt, updatedAt } = state;
  return { projectId, name, description, ownerId, archivedAt, createdAt, updatedAt, version, viewerRole };
};
