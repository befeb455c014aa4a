import { parseId, type UserId } from '@saas/kernel';
import { payload } from '@saas/subgraph';
import type { ChangeInput, NotificationsContext } from '../notifications.context.ts';
import type { NotificationCommand } from './notification.decider.ts';
import { notificationErrors } from './notification.errors.ts';
import { notificationStream, titleOf, type NotificationContent } from './notification.values.ts';

type NotificationInput = ChangeInput & { readonly id: string };

/** A notification on its way out, be it from the decided state or from the read model. */
type Shown = NotificationContent & {
  readonly actorId: UserId | null;
  readonly readAt: Date | string | null;
};

const subjectTypes = { PROJECT: 'Project', TASK: 'Task', USER: 'User' } as const;

export const notificationResolvers = {
  Mutation: {
    markNotificationRead: (
      _: unknown,
      { input }: { input: NotificationInput },
      context: NotificationsContext,
    ) =>
      changeNotification('markNotificationRead', input, context, (by, at) => ({
        type: 'MarkNotificationRead',
        by,
        at,
      })),

    archiveNotification: (
      _: unknown,
      { input }: { input: NotificationInput },
      context: NotificationsContext,
    ) =>
      changeNotification('archiveNotification', input, context, (by, at) => ({
        type: 'ArchiveNotification',
        by,
        at,
      })),
  },

  Notification: {
    /** Other subgraphs know a notification by its key alone. Another's is null: absence and denial look the same. */
    __resolveReference: ({ id }: { id: string }, context: NotificationsContext) =>
      context.notificationById.load(parseId('ntf', id)),
    title: (shown: Shown) => titleOf(shown),
    actor: ({ actorId }: Shown) => (actorId === null ? null : { __typename: 'User', id: actorId }),
    subject: ({ subject: { type, id } }: Shown) => ({ __typename: subjectTypes[type], id }),
    isRead: ({ readAt }: Shown) => readAt !== null,
  },
};

const changeNotification = (
  operation: string,
  input: NotificationInput,
  context: NotificationsContext,
  command: (by: UserId, at: string) => NotificationCommand,
) =>
  payload(async () => {
    const id = parseId('ntf', input.id, 'id');
    const { state, version } = await context.change({
      handle: context.handleNotification,
      operation,
      input,
      stream: () => notificationStream(id),
      command,
    });
    if (state.status === 'absent') throw notificationErrors.NOTIFICATION_NOT_FOUND({ field: 'id' });
    context.notificationById.clear(id);
    return { notification: { id, ...state, version } };
  });
