import type { Announcement } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { PreferencesEvent } from './preferences.events.ts';

/** What others get to hear of a person's preferences. */
export const announcePreferences = ({ type, data }: PreferencesEvent): readonly Announcement[] => {
  const topic = 'notification_events';
  switch (type) {
    case 'NotificationPreferenceWasChanged': {
      const { by, kind, channel, enabled, at } = data;
      return [{ topic, routingKey: 'preferences.changed', body: { userId: by, kind, channel, enabled, at } }];
    }
    case 'EmailDigestWasChanged': {
      const { by, window, at } = data;
      return [{ topic, routingKey: 'preferences.digest_changed', body: { userId: by, window, at } }];
    }
    default:
      return assertNever(type);
  }
};
