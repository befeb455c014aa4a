import { expect, it } from '@jest/globals';
import type { RecordedEvent } from '@saas/event-sourcing';
import { newId, newTenantId, testClock } from '@saas/kernel';
import { taskStream, type TaskEvent } from '../task/task.events.ts';
import { parseTaskTitle } from '../task/task.values.ts';
import { taskRowsOf } from './task-list.projection.ts';

const clock = testClock();
const tenantId = newTenantId(clock);
const [taskId, other] = [newId('tsk', 7, clock), newId('tsk', 7, clock)];
const by = newId('usr', 7, clock);
const at = clock.now().toISOString();

const recorded = (id: typeof taskId, version: number, event: TaskEvent): RecordedEvent<TaskEvent> => ({
  ...event,
  id: newId('evt', 7, clock),
  stream: taskStream(id),
  version,
  tenantId,
  metadata: { actor: by, requestId: 'request-1' },
  recordedAt: at,
});

const created: TaskEvent = {
  type: 'TaskWasCreated',
  data: {
    taskId,
    projectId: newId('prj', 7, clock),
    title: parseTaskTitle('Paint the shed'),
    description: null,
    dueAt: null,
    by,
    at,
  },
};
const assigned: TaskEvent = {
  type: 'TaskWasAssigned',
  data: { assigneeId: by, previousAssigneeId: null, by, at },
};
const completed: TaskEvent = { type: 'TaskWasCompleted', data: { by, at } };
const moved: TaskEvent = { type: 'TaskWasMoved', data: { status: 'TODO', by, at } };

it('makes one row of a new task with everything that happened to it meanwhile', () => {
  const rows = taskRowsOf([recorded(taskId, 1, created), recorded(taskId, 2, assigned)]);
  expect(rows.created).toMatchObject([{ task_id: taskId, status: 'TODO', assignee_id: by, version: 2 }]);
  expect(rows.changed).toEqual([]);
});

it('changes what happened to each task, the last word counting', () => {
  const rows = taskRowsOf([
    recorded(taskId, 3, completed),
    recorded(other, 5, assigned),
    recorded(taskId, 4, moved),
  ]);
  const common = { tenant_id: tenantId, updated_at: at };
  expect(rows.changed).toEqual([
    { ...common, task_id: taskId, status: 'TODO', completed_at: null, version: 4 },
    { ...common, task_id: other, assignee_id: by, version: 5 },
  ]);
});
