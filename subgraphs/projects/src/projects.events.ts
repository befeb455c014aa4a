import { allEvents } from '@saas/event-sourcing';
import { knownUserEvents } from './known-user/known-user.events.ts';
import { projectEvents } from './project/project.events.ts';
import { taskEvents } from './task/task.events.ts';

/** Everything this service ever stores. */
export const projectsEvents = allEvents(knownUserEvents, projectEvents, taskEvents);
