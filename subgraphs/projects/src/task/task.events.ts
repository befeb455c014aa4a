import { declareEvents, type DomainEvent, type StreamId } from '@saas/event-sourcing';
import type { ProjectId, TaskId, UserId } from '@saas/kernel';
import type { OpenTaskStatus, TaskDescription, TaskTitle } from './task.values.ts';

type Words = {
  readonly title: TaskTitle;
  readonly description: TaskDescription | null;
  /** ISO-8601, UTC. */
  readonly dueAt: string | null;
};

/** The permanent record of a task. Fields are added as optional, never renamed, never removed. */
export type TaskEvent =
  | DomainEvent<'TaskWasCreated', Words & { taskId: TaskId; projectId: ProjectId; by: UserId; at: string }>
  | DomainEvent<'TaskWasEdited', Words & { by: UserId; at: string }>
  | DomainEvent<
      'TaskWasAssigned',
      { assigneeId: UserId | null; previousAssigneeId: UserId | null; by: UserId; at: string }
    >
  | DomainEvent<'TaskWasMoved', { status: OpenTaskStatus; by: UserId; at: string }>
  | DomainEvent<'TaskWasCompleted', { by: UserId; at: string }>;

const PREFIX = 'task-';

/** Where a task's history is kept. */
export const taskStream = (id: TaskId): StreamId => `${PREFIX}${id}`;

/** The task whose history `stream` is. */
export const taskOfStream = (stream: StreamId): TaskId => stream.slice(PREFIX.length) as TaskId;

/** The forms in which these events are stored. */
export const taskEvents = declareEvents<TaskEvent>({
  TaskWasCreated: {},
  TaskWasEdited: {},
  TaskWasAssigned: {},
  TaskWasMoved: {},
  TaskWasCompleted: {},
});
