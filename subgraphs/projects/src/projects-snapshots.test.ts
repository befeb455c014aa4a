import { itLosesNothingInSnapshots } from '@saas/event-sourcing/testing';
import { newId, testClock } from '@saas/kernel';
import fc from 'fast-check';
import { knownUser, type KnownUserCommand } from './known-user/known-user.decider.ts';
import { project, type Project, type ProjectCommand } from './project/project.decider.ts';
import { parseProjectName, PROJECT_ROLES, type ProjectDescription } from './project/project.values.ts';
import { task, type TaskCommand } from './task/task.decider.ts';
import { OPEN_TASK_STATUSES, parseTaskTitle, type TaskDescription } from './task/task.values.ts';

const clock = testClock();
const [ada, bob, cyd] = [newId('usr', 1, clock), newId('usr', 1, clock), newId('usr', 1, clock)];
const [projectId, taskId] = [newId('prj', 1, clock), newId('tsk', 1, clock)];
const minute = (count: number) => new Date(Date.UTC(2026, 0, 1, 9, count)).toISOString();
const at = fc.nat(10_000).map(minute);
const userId = fc.constantFrom(ada, bob, cyd);
const owner = { userId: ada, tenantRole: 'MEMBER' } as const;
const by = fc.record({ userId, tenantRole: fc.constantFrom('OWNER' as const, 'MEMBER' as const) });
const role = fc.constantFrom(...PROJECT_ROLES);
const words = fc.option(fc.constantFrom('Tables', 'Gears'), { nil: null });
const common = { by, at };

itLosesNothingInSnapshots({
  name: 'what is known of a user',
  decider: knownUser,
  first: { type: 'LearnOfUser', userId: ada, at: minute(0) },
  commands: fc.oneof<fc.Arbitrary<KnownUserCommand>[]>(
    fc.record({ type: fc.constant('LearnOfUser' as const), userId: fc.constant(ada), at }),
    fc.record({ type: fc.constant('LearnOfDeactivation' as const), userId: fc.constant(ada), at }),
  ),
});

itLosesNothingInSnapshots({
  name: 'a project',
  decider: project,
  first: {
    type: 'CreateProject',
    projectId,
    name: parseProjectName('Engine'),
    description: null,
    by: owner,
    at: minute(0),
  },
  commands: fc.oneof<fc.MaybeWeightedArbitrary<ProjectCommand>[]>(
    {
      weight: 10,
      arbitrary: fc.record({
        ...common,
        type: fc.constant('RenameProject' as const),
        name: fc.constantFrom('Engine', 'Difference Engine').map(parseProjectName),
        description: words.map((text) => text as ProjectDescription | null),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({
        ...common,
        type: fc.constant('AddProjectMember' as const),
        userId,
        role,
        standing: fc.constant('active' as const),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({
        ...common,
        type: fc.constant('ChangeProjectMemberRole' as const),
        userId,
        role,
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ ...common, type: fc.constant('RemoveProjectMember' as const), userId }),
    },
    { weight: 1, arbitrary: fc.record({ ...common, type: fc.constant('ArchiveProject' as const) }) },
  ),
});

const open: Project = {
  status: 'ACTIVE',
  projectId,
  name: parseProjectName('Engine'),
  description: null,
  ownerId: ada,
  members: {
    [ada]: { role: 'OWNER', since: minute(0) },
    [bob]: { role: 'MEMBER', since: minute(0) },
  },
  archivedAt: null,
  createdAt: minute(0),
  updatedAt: minute(0),
};
const inProject = { ...common, project: fc.constant(open) };

itLosesNothingInSnapshots({
  name: 'a task',
  decider: task,
  first: {
    type: 'CreateTask',
    project: open,
    taskId,
    title: parseTaskTitle('Cut the gears'),
    description: null,
    dueAt: null,
    assigneeId: bob,
    by: owner,
    at: minute(0),
  },
  commands: fc.oneof<fc.Arbitrary<TaskCommand>[]>(
    fc.record({
      ...inProject,
      type: fc.constant('EditTask' as const),
      title: fc.constantFrom('Cut the gears', 'Cut one gear').map(parseTaskTitle),
      description: words.map((text) => text as TaskDescription | null),
      dueAt: fc.option(at, { nil: null }),
    }),
    fc.record({
      ...inProject,
      type: fc.constant('AssignTask' as const),
      assigneeId: fc.option(userId, { nil: null }),
    }),
    fc.record({
      ...inProject,
      type: fc.constant('MoveTask' as const),
      status: fc.constantFrom(...OPEN_TASK_STATUSES),
    }),
    fc.record({ ...inProject, type: fc.constant('CompleteTask' as const) }),
  ),
});
