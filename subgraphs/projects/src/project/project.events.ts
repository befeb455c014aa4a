import { declareEvents, type DomainEvent, type StreamId } from '@saas/event-sourcing';
import type { ProjectId, UserId } from '@saas/kernel';
import type { ProjectDescription, ProjectName, ProjectRole } from './project.values.ts';

/**
 * The permanent record of a project. Fields are added as optional, never renamed, never removed.
 *
 * `ownerId` is whom to ask first from then on: the founder, or the longest-serving owner after that.
 */
export type ProjectEvent =
  | DomainEvent<
      'ProjectWasCreated',
      {
        projectId: ProjectId;
        name: ProjectName;
        description: ProjectDescription | null;
        ownerId: UserId;
        by: UserId;
        at: string;
      }
    >
  | DomainEvent<
      'ProjectWasRenamed',
      { name: ProjectName; description: ProjectDescription | null; by: UserId; at: string }
    >
  | DomainEvent<'ProjectWasArchived', { by: UserId; at: string }>
  | DomainEvent<'ProjectMemberWasAdded', { userId: UserId; role: ProjectRole; by: UserId; at: string }>
  | DomainEvent<'ProjectMemberWasRemoved', { userId: UserId; ownerId: UserId; by: UserId; at: string }>
  | DomainEvent<
      'ProjectMemberRoleWasChanged',
      { userId: UserId; role: ProjectRole; ownerId: UserId; by: UserId; at: string }
    >;

const PREFIX = 'project-';

/** Where a project's history is kept. */
export const projectStream = (id: ProjectId): StreamId => `${PREFIX}${id}`;

/** The project whose history `stream` is. */
export const projectOfStream = (stream: StreamId): ProjectId => stream.slice(PREFIX.length) as ProjectId;

/** The forms in which these events are stored. */
export const projectEvents = declareEvents<ProjectEvent>({
  ProjectWasCreated: {},
  ProjectWasRenamed: {},
  ProjectWasArchived: {},
  ProjectMemberWasAdded: {},
  ProjectMemberWasRemoved: {},
  ProjectMemberRoleWasChanged: {},
});
