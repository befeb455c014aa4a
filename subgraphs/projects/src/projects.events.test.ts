import { describeStoredExamples } from '@saas/event-sourcing/testing';
import { knownUser } from './known-user/known-user.decider.ts';
import { knownUserEvents } from './known-user/known-user.events.ts';
import { project, projectSnapshots } from './project/project.decider.ts';
import { projectEvents } from './project/project.events.ts';
import { task, taskSnapshots } from './task/task.decider.ts';
import { taskEvents } from './task/task.events.ts';

describeStoredExamples({
  service: 'projects',
  folder: new URL('../events.fixtures/', import.meta.url),
  aggregates: [
    { name: 'known-user', schemas: knownUserEvents, decider: knownUser },
    { name: 'project', schemas: projectEvents, decider: project, snapshots: projectSnapshots },
    { name: 'task', schemas: taskEvents, decider: task, snapshots: taskSnapshots },
  ],
});
