import type { Announcement, StreamId } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import type { PreferencesEvent } from './preferences.events.ts';

/** The stream of a person's preferences. */
export const preferencesStream = (userId: UserId): StreamId => `preferences-${userId}`;

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
