import type { Announcement } from '@saas/event-sourcing';
import type { WebhookEvent } from './webhook.events.ts';

/** What others get to hear of a person's webhook: that it was set or removed, never where it leads. */
export const announceWebhook = ({ type, data: { by, at } }: WebhookEvent): readonly Announcement[] => [
  {
    topic: 'notification_events',
    routingKey: type === 'WebhookWasSet' ? 'webhook.set' : 'webhook.removed',
    body: { userId: by, at },
  },
];
