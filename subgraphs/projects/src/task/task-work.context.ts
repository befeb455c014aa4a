import { stateOf, type EventStore, type Work } from '@saas/event-sourcing';
import type { ProjectId, TaskId, TenantId } from '@saas/kernel';
import { readProject } from '../project/project-work.context.ts';
import type { Project } from '../project/project.decider.ts';
import { task, taskSnapshots, type TaskCommand } from './task.decider.ts';
import { taskErrors } from './task.errors.ts';
import { taskStream, type TaskEvent } from './task.events.ts';

type Options = {
  readonly store: EventStore;
  readonly tenantId: TenantId;
  readonly taskId: TaskId;
  /** The project of a new task; undefined for a task that is there. */
  readonly projectId?: ProjectId;
  readonly expectedVersion?: number | undefined;
  readonly commandIn: (project: Project) => TaskCommand;
};

/**
 * A command on a task, decided by its project as that stands. The work depends on the project, so that neither its
 * archiving nor a member's removal can happen between the decision and its commit.
 *
 * @throws {AppError} `TASK_NOT_FOUND` when there is no such task.
 */
export const taskWork = (options: Options): (() => Promise<Work<TaskCommand>>) => {
  const { store, tenantId, taskId, expectedVersion, commandIn } = options;
  let projectId = options.projectId;
  return async () => {
    // A task never changes its project, so a further attempt need not ask again.
    projectId ??= await projectOfTask(store, tenantId, taskId);
    const project = await readProject(store, tenantId, projectId);
    const isNew = options.projectId === undefined ? {} : { isNew: true as const };
    return {
      commands: [
        { stream: taskStream(taskId), command: commandIn(project.state), expectedVersion, ...isNew },
      ],
      dependsOn: [project.at],
    };
  };
};

const projectOfTask = async (store: EventStore, tenantId: TenantId, taskId: TaskId): Promise<ProjectId> => {
  const [slice = { events: [], version: 0 }] = await store.read<TaskEvent>(tenantId, [taskStream(taskId)], {
    snapshots: taskSnapshots.schemaVersion,
  });
  const state = stateOf(task, slice);
  if (state.status === 'absent') throw taskErrors.TASK_NOT_FOUND({ field: 'taskId' });
  return state.projectId;
};
