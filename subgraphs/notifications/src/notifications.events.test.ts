import { describeStoredExamples } from '@saas/event-sourcing/testing';
import { inbox, inboxSnapshots } from './inbox/inbox.decider.ts';
import { inboxEvents } from './inbox/inbox.events.ts';
import { notification } from './notification/notification.decider.ts';
import { notificationEvents } from './notification/notification.events.ts';
import { preferences, preferencesSnapshots } from './preferences/preferences.decider.ts';
import { preferencesEvents } from './preferences/preferences.events.ts';
import { webhook } from './webhook/webhook.decider.ts';
import { webhookEvents } from './webhook/webhook.events.ts';
import { recipient } from './recipient/recipient.decider.ts';
import { recipientEvents } from './recipient/recipient.events.ts';

describeStoredExamples({
  service: 'notifications',
  folder: new URL('../events.fixtures/', import.meta.url),
  aggregates: [
    { name: 'inbox', schemas: inboxEvents, decider: inbox, snapshots: inboxSnapshots },
    { name: 'webhook', schemas: webhookEvents, decider: webhook },
    { name: 'notification', schemas: notificationEvents, decider: notification },
    { name: 'recipient', schemas: recipientEvents, decider: recipient },
    {
      name: 'preferences',
      schemas: preferencesEvents,
      decider: preferences,
      snapshots: preferencesSnapshots,
    },
  ],
});
