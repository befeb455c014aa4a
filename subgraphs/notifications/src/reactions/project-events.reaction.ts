import type { UserId } from '@saas/kernel';
import { requireSchemaVersion, type Message } from '@saas/messaging';
import type { NotificationCreation } from '../notification/notification.events.ts';
import type { NotificationContent } from '../notification/notification.values.ts';
import { messageBody, type MessageBody } from './message-body.values.ts';

/** The newest schema version of these messages that we know. */
const VERSION_MAX = 1;

/**
 * Who has to be told what when something happened in a project. Nobody is told of what they did themselves.
 *
 * A routing key that we do not know leads to nothing: the others may announce more than we care for.
 *
 * @throws {AppError} `MESSAGE_BODY_MALFORMED` or `MESSAGE_VERSION_UNKNOWN`.
 */
export const projectNotices = (message: Message): readonly NotificationCreation[] => {
  const body = () => {
    requireSchemaVersion(message, VERSION_MAX);
    return messageBody(message);
  };
  switch (message.routingKey) {
    case 'project.member_added':
      return membership('PROJECT_MEMBER_ADDED', body(), message);
    case 'project.member_role_changed':
      return membership('PROJECT_ROLE_CHANGED', body(), message);
    case 'task.assigned':
      return assignment(body(), message);
    case 'task.completed':
      return completion(body(), message);
    default:
      return [];
  }
};

const membership = (
  kind: 'PROJECT_MEMBER_ADDED' | 'PROJECT_ROLE_CHANGED',
  body: MessageBody,
  message: Message,
): readonly NotificationCreation[] => {
  const subject = { type: 'PROJECT', id: body.id('projectId', 'prj') } as const;
  const content = { kind, subject, data: { role: body.text('role') } };
  return noticesTo([body.id('userId', 'usr')], content, body.id('by', 'usr'), message);
};

const assignment = (body: MessageBody, message: Message): readonly NotificationCreation[] =>
  noticesTo(
    [body.idOrNull('assigneeId', 'usr')],
    taskContent('TASK_ASSIGNED', body),
    body.id('by', 'usr'),
    message,
  );

const completion = (body: MessageBody, message: Message): readonly NotificationCreation[] => {
  const concerned = [body.id('createdBy', 'usr'), body.idOrNull('assigneeId', 'usr')];
  return noticesTo(concerned, taskContent('TASK_COMPLETED', body), body.id('by', 'usr'), message);
};

const taskContent = (kind: 'TASK_ASSIGNED' | 'TASK_COMPLETED', body: MessageBody) => ({
  kind,
  subject: { type: 'TASK', id: body.id('taskId', 'tsk') } as const,
  data: { title: body.text('title') },
});

/** One notice for each person concerned, once each, but none for the one who did it. */
const noticesTo = (
  concerned: readonly (UserId | null)[],
  content: NotificationContent,
  actorId: UserId,
  message: Message,
): readonly NotificationCreation[] =>
  [...new Set(concerned)].flatMap((recipientId) =>
    recipientId === null || recipientId === actorId
      ? []
      : [{ ...content, recipientId, actorId, causedBy: message.id }],
  );
