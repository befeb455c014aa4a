import type { Announcement, StreamId } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { NotificationEvent } from './notification.events.ts';
import { notificationIdOf } from './notification.values.ts';

/** What others get to hear of a notification: that it is there and what became of it, never what it says. */
export const announceNotification = (
  { type, data }: NotificationEvent,
  stream: StreamId,
): readonly Announcement[] => {
  const topic = 'notification_events';
  const notificationId = notificationIdOf(stream);
  switch (type) {
    case 'NotificationWasCreated': {
      const { recipientId, kind, channels = ['IN_APP'], at } = data;
      const body = { notificationId, recipientId, kind, channels, at };
      return [{ topic, routingKey: 'notification.created', body }];
    }
    case 'NotificationWasRead':
      return [
        {
          topic,
          routingKey: 'notification.read',
          body: { notificationId, recipientId: data.by, at: data.at },
        },
      ];
    case 'NotificationWasArchived':
      return [
        {
          topic,
          routingKey: 'notification.archived',
          body: { notificationId, recipientId: data.by, at: data.at },
        },
      ];
    default:
      return assertNever(type);
  }
};
