import { describePermissionEffects } from '@saas/auth/testing';
import { newId, systemClock } from '@saas/kernel';
import { announceProject } from './project/project.announcements.ts';
import { projectStream } from './project/project.events.ts';
import { projectsEvents } from './projects.events.ts';
import { projectsPermissionEffects, projectsPermissionMessages } from './projects-permissions.values.ts';

const stream = projectStream(newId('prj', 7, systemClock));

describePermissionEffects({
  service: 'projects',
  effects: projectsPermissionEffects,
  types: projectsEvents.keys(),
  retold: {
    messages: projectsPermissionMessages,
    folder: new URL('../events.fixtures/', import.meta.url),
    announce: (event) => ({ stream, announced: announceProject(event as never, stream, {} as never) }),
    // The users service has told it, and tells it again.
    except: ['KnownUserWasDeactivated'],
  },
});
