import { allEvents } from '@saas/event-sourcing';
import { inboxEvents } from './inbox/inbox.events.ts';
import { notificationEvents } from './notification/notification.events.ts';
import { preferencesEvents } from './preferences/preferences.events.ts';
import { webhookEvents } from './webhook/webhook.events.ts';
import { recipientEvents } from './recipient/recipient.events.ts';

/** Everything this service ever stores. */
export const notificationsEvents = allEvents(
  inboxEvents,
  notificationEvents,
  preferencesEvents,
  webhookEvents,
  recipientEvents,
);
