import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import type { DigestWindow, NotificationChannel, NotificationContent } from './notification.values.ts';

/** What one person was told. `causedBy` is the id of the message that led to it. */
export type NotificationCreation = NotificationContent & {
  readonly recipientId: UserId;
  /** Null when nobody in particular made it happen. */
  readonly actorId: UserId | null;
  readonly causedBy: string;
  /** On which ways it goes to its recipient, by the preferences of that moment; absent where there was the inbox alone. */
  readonly channels?: readonly NotificationChannel[];
  /** How long its e-mail may wait for others; absent where it goes at once. */
  readonly digest?: DigestWindow;
};

/** Whether it lies in its recipient's inbox. One that does not is told over other channels alone. */
export const isInInbox = ({ channels }: Pick<NotificationCreation, 'channels'>): boolean =>
  channels === undefined || channels.includes('IN_APP');

/** The permanent record of a notification. Fields are added as optional, never renamed, never removed. */
export type NotificationEvent =
  | DomainEvent<'NotificationWasCreated', NotificationCreation & { at: string }>
  | DomainEvent<'NotificationWasRead', { by: UserId; at: string }>
  | DomainEvent<'NotificationWasArchived', { by: UserId; at: string }>;

/** The forms in which these events are stored. */
export const notificationEvents = declareEvents<NotificationEvent>({
  NotificationWasCreated: {},
  NotificationWasRead: {},
  NotificationWasArchived: {},
});
