import { describe, expect, it } from '@jest/globals';
import { specification } from '@saas/event-sourcing/testing';
import { newId, testClock } from '@saas/kernel';
import type { ExistingProject } from '../project/project.decider.ts';
import { parseProjectName, type Actor } from '../project/project.values.ts';
import { announceTask } from './task.announcements.ts';
import { task, type TaskCommand } from './task.decider.ts';
import { taskStream, type TaskEvent } from './task.events.ts';
import { parseTaskTitle } from './task.values.ts';

const given = specification(task);
const clock = testClock();
const at = clock.now().toISOString();
const member = (): Actor => ({ userId: newId('usr', 7, clock), tenantRole: 'MEMBER' });
const [ada, ben, eve, viewer] = [member(), member(), member(), member()];
const projectId = newId('prj', 7, clock);
const taskId = newId('tsk', 7, clock);
const title = parseTaskTitle('Paint the shed');

const project: ExistingProject = {
  status: 'ACTIVE',
  projectId,
  name: parseProjectName('Apollo'),
  description: null,
  ownerId: ada.userId,
  members: {
    [ada.userId]: { role: 'OWNER', since: at },
    [ben.userId]: { role: 'MEMBER', since: at },
    [viewer.userId]: { role: 'VIEWER', since: at },
  },
  archivedAt: null,
  createdAt: at,
  updatedAt: at,
};
const archivedProject: ExistingProject = { ...project, status: 'ARCHIVED', archivedAt: at };

const create = (change: Partial<Extract<TaskCommand, { type: 'CreateTask' }>> = {}): TaskCommand => ({
  type: 'CreateTask',
  taskId,
  title,
  description: null,
  dueAt: null,
  assigneeId: null,
  project,
  by: ben,
  at,
  ...change,
});
const created: TaskEvent = {
  type: 'TaskWasCreated',
  data: { taskId, projectId, title, description: null, dueAt: null, by: ben.userId, at },
};
const completed: TaskEvent = { type: 'TaskWasCompleted', data: { by: ben.userId, at } };
const assignedTo = (who: Actor | null, from: Actor | null = null): TaskEvent => ({
  type: 'TaskWasAssigned',
  data: { assigneeId: who?.userId ?? null, previousAssigneeId: from?.userId ?? null, by: ben.userId, at },
});
const assign = (who: Actor | null, by = ben): TaskCommand => ({
  type: 'AssignTask',
  assigneeId: who?.userId ?? null,
  project,
  by,
  at,
});
const move = (status: 'TODO' | 'IN_PROGRESS' | 'IN_REVIEW'): TaskCommand => ({
  type: 'MoveTask',
  status,
  project,
  by: ben,
  at,
});
const complete: TaskCommand = { type: 'CompleteTask', project, by: ben, at };

describe('a new task', () => {
  it('belongs to nobody', () => {
    given().when(create()).thenHappens(created);
  });

  it('is at once somebody’s when an assignee is named', () => {
    given()
      .when(create({ assigneeId: ada.userId }))
      .thenHappens(created, assignedTo(ada));
  });

  it('cannot be a stranger’s', () => {
    given()
      .when(create({ assigneeId: eve.userId }))
      .thenRefused('ASSIGNEE_NOT_A_MEMBER');
  });

  it('cannot be created twice', () => {
    given(created).when(create()).thenRefused('TASK_EXISTS');
  });

  it.each([
    ['a project that is not there', { project: { status: 'absent' } }, 'PROJECT_NOT_FOUND'],
    ['a project that one does not see', { by: eve }, 'PROJECT_NOT_FOUND'],
    ['an archived project', { project: archivedProject }, 'PROJECT_ARCHIVED'],
    ['a project in which one only reads', { by: viewer }, 'PROJECT_ROLE_INSUFFICIENT'],
  ] as const)('is refused in %s', (_, change, code) => {
    given().when(create(change)).thenRefused(code);
  });
});

describe('a task', () => {
  it('is assigned to a member, and knows whose it was', () => {
    given(created, assignedTo(ada)).when(assign(ben)).thenHappens(assignedTo(ben, ada));
  });

  it('is taken from its assignee', () => {
    given(created, assignedTo(ada)).when(assign(null)).thenHappens(assignedTo(null, ada));
  });

  it('is not assigned to somebody who is no member', () => {
    given(created).when(assign(eve)).thenRefused('ASSIGNEE_NOT_A_MEMBER');
  });

  it('stays with its assignee without a word, even one who has left the project', () => {
    given(created, assignedTo(eve)).when(assign(eve)).thenHappens();
  });

  it('is done once, however often it is completed', () => {
    given(created).when(complete).thenHappens(completed);
    given(created, completed).when(complete).thenHappens();
  });

  it('is open again when it is moved', () => {
    const moved: TaskEvent = { type: 'TaskWasMoved', data: { status: 'IN_PROGRESS', by: ben.userId, at } };
    given(created, completed).when(move('IN_PROGRESS')).thenHappens(moved);
    const state = [created, completed, moved].reduce(task.evolve, task.initialState);
    expect(state).toMatchObject({ status: 'IN_PROGRESS', completedAt: null });
  });

  it('says nothing when it is moved to where it is', () => {
    given(created).when(move('TODO')).thenHappens();
  });

  it('keeps what an edit leaves out', () => {
    given(created)
      .when({ type: 'EditTask', dueAt: at, project, by: ben, at })
      .thenHappens({
        type: 'TaskWasEdited',
        data: { title, description: null, dueAt: at, by: ben.userId, at },
      });
  });

  it('looks absent to whoever does not see its project', () => {
    given(created).when(assign(null, eve)).thenRefused('TASK_NOT_FOUND');
  });

  it('can no longer change in an archived project', () => {
    given(created)
      .when({ ...complete, project: archivedProject })
      .thenRefused('PROJECT_ARCHIVED');
  });
});

it('announces a completed task with all that is to be told of it', () => {
  const state = [created, assignedTo(ada), completed].reduce(task.evolve, task.initialState);
  expect(announceTask(completed, taskStream(taskId), state)).toEqual([
    {
      topic: 'project_events',
      routingKey: 'task.completed',
      body: { taskId, projectId, title, createdBy: ben.userId, assigneeId: ada.userId, by: ben.userId, at },
    },
  ]);
});
