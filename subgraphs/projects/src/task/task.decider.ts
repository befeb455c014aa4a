import type { Decider } from '@saas/event-sourcing';
import { assertNever, type ProjectId, type TaskId, type UserId } from '@saas/kernel';
import { roleOf, type ExistingProject, type Project } from '../project/project.decider.ts';
import { projectErrors } from '../project/project.errors.ts';
import type { Actor } from '../project/project.values.ts';
import { taskErrors } from './task.errors.ts';
import type { TaskEvent } from './task.events.ts';
import type { OpenTaskStatus, TaskDescription, TaskStatus, TaskTitle } from './task.values.ts';

type Common = {
  /** The task's project, as of the version that the command depends on. */
  readonly project: Project;
  readonly by: Actor;
  readonly at: string;
};
type Change = Common &
  (
    | {
        readonly type: 'EditTask';
        /** What is undefined stays as it is. */
        readonly title?: TaskTitle | undefined;
        readonly description?: TaskDescription | null | undefined;
        readonly dueAt?: string | null | undefined;
      }
    | { readonly type: 'AssignTask'; readonly assigneeId: UserId | null }
    | { readonly type: 'MoveTask'; readonly status: OpenTaskStatus }
    | { readonly type: 'CompleteTask' }
  );
type Creation = Common & {
  readonly type: 'CreateTask';
  readonly taskId: TaskId;
  readonly title: TaskTitle;
  readonly description: TaskDescription | null;
  readonly dueAt: string | null;
  readonly assigneeId: UserId | null;
};

export type TaskCommand = Creation | Change;

export type ExistingTask = {
  readonly status: TaskStatus;
  readonly taskId: TaskId;
  readonly projectId: ProjectId;
  readonly title: TaskTitle;
  readonly description: TaskDescription | null;
  readonly dueAt: string | null;
  readonly assigneeId: UserId | null;
  readonly createdBy: UserId;
  readonly completedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};
export type Task = { readonly status: 'absent' } | ExistingTask;

const decide = (command: TaskCommand, state: Task): readonly TaskEvent[] => {
  const { project, by } = command;
  const role = roleOf(by, project);
  if (command.type === 'CreateTask') {
    if (project.status === 'absent' || role === null)
      throw projectErrors.PROJECT_NOT_FOUND({ field: 'projectId' });
    if (state.status !== 'absent') throw taskErrors.TASK_EXISTS();
    mustBeWritable(project, role);
    return create(command, project);
  }
  if (state.status === 'absent' || project.status === 'absent' || role === null)
    throw taskErrors.TASK_NOT_FOUND({ field: 'taskId' });
  if (project.projectId !== state.projectId)
    throw new Error('A command came with another project than its task’s.');
  mustBeWritable(project, role);
  return change(command, state, project);
};

const mustBeWritable = (project: ExistingProject, role: string): void => {
  if (role === 'VIEWER') throw projectErrors.PROJECT_ROLE_INSUFFICIENT({ role });
  if (project.status === 'ARCHIVED') throw projectErrors.PROJECT_ARCHIVED();
};

const create = (command: Creation, project: ExistingProject): readonly TaskEvent[] => {
  const { taskId, title, description, dueAt, assigneeId, at } = command;
  const by = command.by.userId;
  const { projectId } = project;
  const created = { taskId, projectId, title, description, dueAt, by, at };
  if (assigneeId === null) return [{ type: 'TaskWasCreated', data: created }];
  mustBeMember(assigneeId, project);
  return [
    { type: 'TaskWasCreated', data: created },
    { type: 'TaskWasAssigned', data: { assigneeId, previousAssigneeId: null, by, at } },
  ];
};

const mustBeMember = (userId: UserId, project: ExistingProject): void => {
  if (!project.members[userId]) throw taskErrors.ASSIGNEE_NOT_A_MEMBER({ field: 'assigneeId' });
};

const change = (command: Change, state: ExistingTask, project: ExistingProject): readonly TaskEvent[] => {
  const { at } = command;
  const by = command.by.userId;
  switch (command.type) {
    case 'EditTask': {
      const { title = state.title, description = state.description, dueAt = state.dueAt } = command;
      const isSame = title === state.title && description === state.description && dueAt === state.dueAt;
      return isSame ? [] : [{ type: 'TaskWasEdited', data: { title, description, dueAt, by, at } }];
    }
    case 'AssignTask': {
      const { assigneeId } = command;
      if (assigneeId === state.assigneeId) return [];
      if (assigneeId !== null) mustBeMember(assigneeId, project);
      return [
        { type: 'TaskWasAssigned', data: { assigneeId, previousAssigneeId: state.assigneeId, by, at } },
      ];
    }
    case 'MoveTask':
      return command.status === state.status
        ? []
        : [{ type: 'TaskWasMoved', data: { status: command.status, by, at } }];
    case 'CompleteTask':
      return state.status === 'DONE' ? [] : [{ type: 'TaskWasCompleted', data: { by, at } }];
    default:
      return assertNever(command);
  }
};

const evolve = (state: Task, event: TaskEvent): Task => {
  if (event.type === 'TaskWasCreated') {
    const { by: createdBy, at, ...rest } = event.data;
    const nothingYet = { assigneeId: null, completedAt: null };
    return { status: 'TODO', ...rest, ...nothingYet, createdBy, createdAt: at, updatedAt: at };
  }
  // History is trusted: anything before a creation means a corrupt stream, not a refused request.
  if (state.status === 'absent') throw new Error(`Corrupt stream: ${event.type} precedes TaskWasCreated.`);
  const next = { ...state, updatedAt: event.data.at };
  switch (event.type) {
    case 'TaskWasEdited': {
      const { title, description, dueAt } = event.data;
      return { ...next, title, description, dueAt };
    }
    case 'TaskWasAssigned':
      return { ...next, assigneeId: event.data.assigneeId };
    case 'TaskWasMoved':
      return { ...next, status: event.data.status, completedAt: null };
    case 'TaskWasCompleted':
      return { ...next, status: 'DONE', completedAt: event.data.at };
    default:
      return assertNever(event);
  }
};

/** The rules of a task. Who may do what is its project's to say, which every command brings along. */
export const task: Decider<Task, TaskCommand, TaskEvent> = {
  initialState: { status: 'absent' },
  evolve,
  decide,
};

/** When a task's state is kept, so that a long history need not be read; raise the version when its shape changes. */
export const taskSnapshots = { schemaVersion: 1, every: 100 } as const;
