import type { Announcement } from '@saas/event-sourcing';
import type { PreferencesEvent } from './preferences.events.ts';

/** What others get to hear of a person's preferences. */
export const announcePreferences = ({ data }: PreferencesEvent): readonly Announcement[] => {
  const { by, kind, channel, enabled, at } = data;
  return [
    {
      topic: 'notification_events',
      routingKey: 'preferences.changed',
      body: { userId: by, kind, channel, enabled, at },
    },
  ];
};
