import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@saas/event-sourcing';
import { newId, newTenantId, testClock, type TaskId } from '@saas/kernel';
import { projectStream, type ProjectEvent } from '../project/project.events.ts';
import { parseProjectName } from '../project/project.values.ts';
import { taskStream, type TaskEvent } from '../task/task.events.ts';
import { parseTaskTitle } from '../task/task.values.ts';
import { activityOf, type KnownTask } from './project-activity.projection.ts';

const clock = testClock();
const tenantId = newTenantId(clock);
const projectId = newId('prj', 7, clock);
const [taskId, other] = [newId('tsk', 7, clock), newId('tsk', 7, clock)];
const [ada, ben] = [newId('usr', 7, clock), newId('usr', 7, clock)];
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

let versions = 0;
const ofProject = (event: ProjectEvent): RecordedEvent<ProjectEvent> => ({
  ...event,
  ...common(),
  stream: projectStream(projectId),
});
const ofTask = (id: TaskId, event: TaskEvent): RecordedEvent<TaskEvent> => ({
  ...event,
  ...common(),
  stream: taskStream(id),
});
const common = () => ({
  id: newId('evt', 7, clock),
  version: (versions += 1),
  tenantId,
  metadata: { actor: ada, requestId: 'request-1' },
  recordedAt: at(0),
});
const words = { title: parseTaskTitle('Paint'), description: null, dueAt: null };
const created = (id: TaskId, second: number) =>
  ofTask(id, {
    type: 'TaskWasCreated',
    data: { ...words, taskId: id, projectId, by: ada, at: at(second) },
  });
const completed = (id: TaskId, second: number) =>
  ofTask(id, { type: 'TaskWasCompleted', data: { by: ben, at: at(second) } });
const reopened = (id: TaskId, second: number) =>
  ofTask(id, { type: 'TaskWasMoved', data: { status: 'IN_REVIEW', by: ada, at: at(second) } });

const history = [
  ofProject({
    type: 'ProjectWasCreated',
    data: {
      projectId,
      name: parseProjectName('Apollo'),
      description: null,
      ownerId: ada,
      by: ada,
      at: at(0),
    },
  }),
  created(taskId, 1),
  created(other, 2),
  completed(taskId, 3),
  reopened(taskId, 4),
  completed(other, 5),
  completed(taskId, 6),
  ofTask(other, { type: 'TaskWasEdited', data: { ...words, by: ben, at: at(7) } }),
];

describe('the activity of a project', () => {
  it('counts its tasks and tells who changed something last', () => {
    expect(activityOf(history, new Map()).projects).toEqual([
      { tenantId, projectId, lastAt: at(7), lastBy: ben, open: 0, completed: 2 },
    ]);
  });

  it('is the same wherever the events are cut in two', () => {
    for (let cut = 0; cut <= history.length; cut += 1) {
      const first = activityOf(history.slice(0, cut), new Map());
      const known = new Map(first.tasks.map((task): [TaskId, KnownTask] => [task.taskId, task]));
      const second = activityOf(history.slice(cut), known);
      const changes = [...first.projects, ...second.projects];
      expect(changes.reduce((sum, { open }) => sum + open, 0)).toBe(0);
      expect(changes.reduce((sum, each) => sum + each.completed, 0)).toBe(2);
      expect(changes.at(-1)).toMatchObject({ lastAt: at(7), lastBy: ben });
    }
  });

  it('is refused for a task that nobody has heard of', () => {
    expect(() => activityOf([completed(taskId, 1)], new Map())).toThrow('lacks');
  });
});
