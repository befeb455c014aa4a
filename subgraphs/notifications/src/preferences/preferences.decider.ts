import type { Decider } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import { preferencesErrors } from './preferences.errors.ts';
import type { PreferencesEvent } from './preferences.events.ts';
import { choiceKey, isEnabled, isRequired, type Choices, type PreferenceKey } from './preferences.values.ts';

export type PreferencesCommand = PreferenceKey & {
  readonly type: 'ChangeNotificationPreference';
  readonly enabled: boolean;
  readonly by: UserId;
  readonly at: string;
};

/** `createdAt` and `updatedAt` are the times of the first and the last change; null together. */
export type Preferences = {
  readonly choices: Choices;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
};

/** Whose preferences they are follows from the stream; the viewer can name no others. */
export const preferences: Decider<Preferences, PreferencesCommand, PreferencesEvent> = {
  initialState: { choices: {}, createdAt: null, updatedAt: null },
  evolve: ({ choices, createdAt }, { data }) => ({
    choices: { ...choices, [choiceKey(data)]: data.enabled },
    createdAt: createdAt ?? data.at,
    updatedAt: data.at,
  }),
  decide: ({ kind, channel, enabled, by, at }, { choices }) => {
    const key = { kind, channel };
    if (!enabled && isRequired(key)) throw preferencesErrors.PREFERENCE_REQUIRED({ field: 'isEnabled' });
    return enabled === isEnabled(choices, key)
      ? []
      : [{ type: 'NotificationPreferenceWasChanged', data: { ...key, enabled, by, at } }];
  },
};

/** When the state of preferences is kept, so that a long history need not be read; raise the version when its shape changes. */
export const preferencesSnapshots = { schemaVersion: 1, every: 100 } as const;
