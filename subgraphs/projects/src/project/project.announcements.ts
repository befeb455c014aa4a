import type { Announcement, StreamId } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { Project } from './project.decider.ts';
import { projectOfStream, type ProjectEvent } from './project.events.ts';

/** What the rest of the system hears of a project: ids, names and times. Topic `project_events`. */
export const announceProject = (
  event: ProjectEvent,
  stream: StreamId,
  _state: Project,
): readonly Announcement[] => {
  const [routingKey, body] = messageOf(event);
  return [{ topic: 'project_events', routingKey, body: { projectId: projectOfStream(stream), ...body } }];
};

const messageOf = ({ type, data }: ProjectEvent): readonly [routingKey: string, body: object] => {
  const { by, at } = data;
  switch (type) {
    case 'ProjectWasCreated':
      return ['project.created', { name: data.name, ownerId: data.ownerId, by, at }];
    case 'ProjectWasRenamed':
      return ['project.renamed', { name: data.name, by, at }];
    case 'ProjectWasArchived':
      return ['project.archived', { by, at }];
    case 'ProjectMemberWasAdded':
      return ['project.member_added', { userId: data.userId, role: data.role, by, at }];
    case 'ProjectMemberWasRemoved':
      return ['project.member_removed', { userId: data.userId, by, at }];
    case 'ProjectMemberRoleWasChanged':
      return ['project.member_role_changed', { userId: data.userId, role: data.role, by, at }];
    default:
      return assertNever(type);
  }
};
