import type { Decider } from '@saas/event-sourcing';
import { assertNever, type UserId } from '@saas/kernel';
import { notificationErrors } from './notification.errors.ts';
import { isInInbox, type NotificationCreation, type NotificationEvent } from './notification.events.ts';

export type NotificationCommand =
  | { readonly type: 'CreateNotification'; readonly creation: NotificationCreation; readonly at: string }
  | { readonly type: 'MarkNotificationRead'; readonly by: UserId; readonly at: string }
  | { readonly type: 'ArchiveNotification'; readonly by: UserId; readonly at: string };

/** Small enough to be kept whole, so that a mutation can be answered from it without reading anything else. */
export type Notification = AbsentNotification | ExistingNotification;
export type AbsentNotification = { readonly status: 'absent' };
export type ExistingNotification = NotificationCreation & {
  readonly status: 'present';
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly readAt: string | null;
  readonly archivedAt: string | null;
};

const evolve = (state: Notification, { type, data }: NotificationEvent): Notification => {
  switch (type) {
    case 'NotificationWasCreated': {
      const { at, ...creation } = data;
      return { status: 'present', ...creation, createdAt: at, updatedAt: at, readAt: null, archivedAt: null };
    }
    case 'NotificationWasRead':
      return { ...existing(state), readAt: data.at, updatedAt: data.at };
    case 'NotificationWasArchived': {
      // What was put away was seen: archiving marks as read.
      const before = existing(state);
      return { ...before, readAt: before.readAt ?? data.at, archivedAt: data.at, updatedAt: data.at };
    }
    default:
      return assertNever(type);
  }
};

/** History is trusted: anything before the creation means a corrupt stream, not a refused request. */
const existing = (state: Notification): ExistingNotification => {
  if (state.status === 'absent') throw new Error('Corrupt stream: an event precedes NotificationWasCreated.');
  return state;
};

const decide = (command: NotificationCommand, state: Notification): readonly NotificationEvent[] => {
  const { at } = command;
  if (command.type === 'CreateNotification') {
    if (state.status !== 'absent') throw notificationErrors.NOTIFICATION_EXISTS();
    return [{ type: 'NotificationWasCreated', data: { ...command.creation, at } }];
  }

  // To anyone but the recipient, a notification and no notification look the same; so they do to the recipient when it
  // never lay in the inbox.
  const { by } = command;
  if (state.status === 'absent' || state.recipientId !== by || !isInInbox(state))
    throw notificationErrors.NOTIFICATION_NOT_FOUND({ field: 'id' });
  switch (command.type) {
    case 'MarkNotificationRead':
      return state.readAt === null ? [{ type: 'NotificationWasRead', data: { by, at } }] : [];
    case 'ArchiveNotification':
      return state.archivedAt === null ? [{ type: 'NotificationWasArchived', data: { by, at } }] : [];
    default:
      return assertNever(command);
  }
};

export const notification: Decider<Notification, NotificationCommand, NotificationEvent> = {
  initialState: { status: 'absent' },
  evolve,
  decide,
};
