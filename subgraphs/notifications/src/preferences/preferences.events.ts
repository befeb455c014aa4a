import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import type { DigestWindow } from '../notification/notification.values.ts';
import type { PreferenceKey } from './preferences.values.ts';

/** The permanent record of what a person wants to hear of. Fields are added as optional, never renamed, never removed. */
export type PreferencesEvent =
  | DomainEvent<
      'NotificationPreferenceWasChanged',
      PreferenceKey & { readonly enabled: boolean; readonly by: UserId; readonly at: string }
    >
  | DomainEvent<
      'EmailDigestWasChanged',
      { readonly window: DigestWindow; readonly by: UserId; readonly at: string }
    >;

/** The forms in which these events are stored. */
export const preferencesEvents = declareEvents<PreferencesEvent>({
  NotificationPreferenceWasChanged: {},
  EmailDigestWasChanged: {},
});
