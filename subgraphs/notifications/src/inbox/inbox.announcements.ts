import type { Announcement } from '@saas/event-sourcing';
import type { InboxEvent } from './inbox.events.ts';

/** What others get to hear of an inbox. */
export const announceInbox = ({ data: { upTo, by, at } }: InboxEvent): readonly Announcement[] => [
  { topic: 'notification_events', routingKey: 'inbox.all_read', body: { recipientId: by, upTo, at } },
];
