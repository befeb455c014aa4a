import type { CommandOutcome } from '@saas/event-sourcing';
import { parseId, type ProjectId, type TaskId, type UserId } from '@saas/kernel';
import { payload } from '@saas/subgraph';
import type { Project } from '../project/project.decider.ts';
import type { Author, ProjectsContext } from '../projects.context.ts';
import type { TaskView } from '../task-list/task-list.queries.ts';
import { taskWork } from './task-work.context.ts';
import type { Task, TaskCommand } from './task.decider.ts';
import { parseTaskDescription, parseTaskTitle, type OpenTaskStatus } from './task.values.ts';

type Key = { readonly idempotencyKey?: string | null };
type Input = Key & { readonly taskId: string; readonly expectedVersion?: number | null };
type Words = { readonly description?: string | null; readonly dueAt?: string | null };
type NewTaskInput = Key &
  Words & { readonly projectId: string; readonly title: string; readonly assigneeId?: string | null };
type Common = Pick<Author, 'by' | 'at'> & { readonly project: Project };

/** How tasks are changed. Answers come from what was decided, never from a replica. */
export const taskResolvers = {
  Mutation: {
    createTask: (_: unknown, { input }: { input: NewTaskInput }, context: ProjectsContext) =>
      payload(() => {
        const { by, at } = context.author();
        const taskId = context.newId('tsk');
        const creation = {
          type: 'CreateTask',
          taskId,
          title: parseTaskTitle(input.title),
          description: parseTaskDescription(input.description),
          dueAt: input.dueAt ?? null,
          assigneeId: assigneeOf(input),
          by,
          at,
        } as const;
        const projectId = parseId('prj', input.projectId, 'projectId');
        const target = { taskId, projectId };
        return handle(context, 'createTask', input, target, (project) => ({ ...creation, project }));
      }),

    updateTask: change<Input & Words & { readonly title?: string | null }>('updateTask', (input) => {
      // Left out is not the same as null: the one keeps, the other removes. A title cannot be removed.
      const title = input.title === undefined ? undefined : parseTaskTitle(input.title ?? '');
      const description =
        input.description === undefined ? undefined : parseTaskDescription(input.description);
      const { dueAt } = input;
      return (common) => ({ type: 'EditTask', title, description, dueAt, ...common });
    }),

    assignTask: change<Input & { readonly assigneeId?: string | null }>('assignTask', (input) => {
      const assigneeId = assigneeOf(input);
      return (common) => ({ type: 'AssignTask', assigneeId, ...common });
    }),

    moveTask: change<Input & { readonly status: OpenTaskStatus }>('moveTask', ({ status }) => {
      return (common) => ({ type: 'MoveTask', status, ...common });
    }),

    completeTask: change('completeTask', () => (common) => ({ type: 'CompleteTask', ...common })),
  },
};

/** A mutation of a task that is there: its input is parsed once, its command written anew for each attempt. */
function change<Given extends Input>(
  operation: string,
  parse: (input: Given) => (common: Common) => TaskCommand,
) {
  return (_: unknown, { input }: { input: Given }, context: ProjectsContext) =>
    payload(() => {
      const { by, at } = context.author();
      const taskId = parseId('tsk', input.taskId, 'taskId');
      const commandOf = parse(input);
      const target = { taskId, expectedVersion: input.expectedVersion ?? undefined };
      return handle(context, operation, input, target, (project) => commandOf({ project, by, at }));
    });
}

const assigneeOf = ({ assigneeId }: { readonly assigneeId?: string | null }): UserId | null =>
  assigneeId === undefined || assigneeId === null ? null : parseId('usr', assigneeId, 'assigneeId');

type Target = {
  readonly taskId: TaskId;
  readonly projectId?: ProjectId;
  readonly expectedVersion?: number | undefined;
};

const handle = async (
  context: ProjectsContext,
  operation: string,
  input: Key,
  target: Target,
  commandIn: (project: Project) => TaskCommand,
) => {
  const { viewer, by } = context.author();
  const { tenantId } = viewer;
  const outcome = await context.handleTask({
    tenantId,
    metadata: { actor: by.userId, ...context.origin },
    claim: context.claim(operation, input),
    endsAtMs: context.endsAtMs,
    work: taskWork({ store: context.store, tenantId, ...target, commandIn }),
  });
  context.wrote(outcome.token);
  return { task: viewOf(outcome) };
};

const viewOf = ({ results: [result] }: CommandOutcome<Task>): TaskView | null =>
  result && result.state.status !== 'absent' ? { ...result.state, version: result.version } : null;
