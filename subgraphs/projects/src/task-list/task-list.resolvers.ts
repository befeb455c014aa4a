import { isId, parseId, type TaskId } from '@saas/kernel';
import type { ProjectView } from '../project-list/project-list.queries.ts';
import type { ProjectsContext } from '../projects.context.ts';
import { pageBy } from '../projects-loaders.context.ts';
import type { TaskStatus } from '../task/task.values.ts';
import type { TaskView } from './task-list.queries.ts';

type TasksArgs = {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly status?: TaskStatus | null;
  readonly assigneeId?: string | null;
};

/** How tasks are asked for: one, a project's, somebody's. */
export const taskListResolvers = {
  Query: {
    task: (_: unknown, { id }: { id: string }, context: ProjectsContext) =>
      context.loaders().task.load(parseId('tsk', id)),

    tasks: async (_: unknown, args: TasksArgs & { projectId: string }, context: ProjectsContext) => {
      const project = await context.loaders().project.load(parseId('prj', args.projectId, 'projectId'));
      return project && tasksOfProject(project, args, context);
    },
  },

  Project: {
    tasks: tasksOfProject,
  },

  Task: {
    __resolveReference: ({ id }: { id: string }, context: ProjectsContext) =>
      isId('tsk', id) ? context.loaders().task.load(id) : null,
    id: taskIdOf,
    project: ({ projectId }: TaskView, _: unknown, context: ProjectsContext) =>
      context.loaders().project.load(projectId),
    assignee: ({ assigneeId }: TaskView) => assigneeId && { id: assigneeId },
    createdBy: ({ createdBy }: TaskView) => ({ id: createdBy }),
  },

  User: {
    assignedTasks: ({ id }: { id: string }, args: TasksArgs, context: ProjectsContext) =>
      pageBy('tsk', args, taskIdOf, (slice) =>
        context
          .loaders()
          .tasksOfUser.load({ parentId: parseId('usr', id), slice: { ...slice, ...filterOf(args) } }),
      ),
  },
};

function tasksOfProject({ projectId }: ProjectView, args: TasksArgs, context: ProjectsContext) {
  return pageBy('tsk', args, taskIdOf, (slice) =>
    context.loaders().tasksOfProject.load({ parentId: projectId, slice: { ...slice, ...filterOf(args) } }),
  );
}

const filterOf = ({ status, assigneeId }: TasksArgs) => ({
  status: status ?? undefined,
  assigneeId:
    assigneeId === undefined || assigneeId === null ? undefined : parseId('usr', assigneeId, 'assigneeId'),
});

function taskIdOf({ taskId }: TaskView): TaskId {
  return taskId;
}
