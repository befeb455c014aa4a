import type { Announcement, StreamId } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import type { InboxEvent } from './inbox.events.ts';

/** The stream of a person's inbox. */
export const inboxStream = (userId: UserId): StreamId => `inbox-${userId}`;

/** What others get to hear of an inbox. */
export const announceInbox = ({ data: { upTo, by, at } }: InboxEvent): readonly Announcement[] => [
  { topic: 'notification_events', routingKey: 'inbox.all_read', body: { recipientId: by, upTo, at } },
];
