import type { Announcement, StreamId } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { ExistingTask, Task } from './task.decider.ts';
import type { TaskEvent } from './task.events.ts';

/** What the rest of the system hears of a task: ids, its title and times, never its description. Topic `project_events`. */
export const announceTask = (event: TaskEvent, _stream: StreamId, state: Task): readonly Announcement[] => {
  // A decided event has always led to an existing task.
  if (state.status === 'absent') return [];
  const [routingKey, body] = messageOf(event, state);
  const { taskId, projectId } = state;
  return [{ topic: 'project_events', routingKey, body: { taskId, projectId, ...body } }];
};

const messageOf = (
  { type, data }: TaskEvent,
  { title, createdBy, assigneeId }: ExistingTask,
): readonly [routingKey: string, body: object] => {
  const { by, at } = data;
  switch (type) {
    case 'TaskWasCreated':
      return ['task.created', { title: data.title, createdBy: by, at }];
    case 'TaskWasEdited':
      return ['task.edited', { title: data.title, by, at }];
    case 'TaskWasAssigned': {
      const { previousAssigneeId } = data;
      return ['task.assigned', { title, assigneeId: data.assigneeId, previousAssigneeId, by, at }];
    }
    case 'TaskWasMoved':
      return ['task.moved', { status: data.status, by, at }];
    case 'TaskWasCompleted':
      return ['task.completed', { title, createdBy, assigneeId, by, at }];
    default:
      return assertNever(type);
  }
};
