import { declarePermissionEffects, type PermissionEffects, type PermissionMessages } from '@saas/auth';
import type { KnownUserEvent } from './known-user/known-user.events.ts';
import type { ProjectEvent } from './project/project.events.ts';
import type { TaskEvent } from './task/task.events.ts';

/** Who may see something else after an event. A task is seen by whoever sees its project, whatever happens to it. */
export const projectsPermissionEffects: PermissionEffects = declarePermissionEffects<
  KnownUserEvent | ProjectEvent | TaskEvent
>({
  UserBecameKnown: 'nobody',
  KnownUserWasDeactivated: ({ userId }) => [userId],
  ProjectWasCreated: 'nobody',
  ProjectWasRenamed: 'nobody',
  // Its members are not in the event.
  ProjectWasArchived: 'tenant',
  ProjectMemberWasAdded: ({ userId }) => [userId],
  ProjectMemberWasRemoved: ({ userId }) => [userId],
  ProjectMemberRoleWasChanged: ({ userId }) => [userId],
  TaskWasCreated: 'nobody',
  TaskWasEdited: 'nobody',
  TaskWasAssigned: 'nobody',
  TaskWasMoved: 'nobody',
  TaskWasCompleted: 'nobody',
});

/** The same, by what is announced of it. A deactivation is the users service's to announce. */
export const projectsPermissionMessages: PermissionMessages = {
  'project.archived': 'tenant',
  'project.member_added': 'user',
  'project.member_removed': 'user',
  'project.member_role_changed': 'user',
};
