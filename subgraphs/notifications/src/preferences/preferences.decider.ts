import type { Decider } from '@saas/event-sourcing';
import { assertNever, type UserId } from '@saas/kernel';
import type { DigestWindow } from '../notification/notification.values.ts';
import { preferencesErrors } from './preferences.errors.ts';
import type { PreferencesEvent } from './preferences.events.ts';
import {
  choiceKey,
  DEFAULT_DIGEST,
  isEnabled,
  isRequired,
  type Choices,
  type PreferenceKey,
} from './preferences.values.ts';

export type PreferencesCommand =
  | (PreferenceKey & {
      readonly type: 'ChangeNotificationPreference';
      readonly enabled: boolean;
      readonly by: UserId;
      readonly at: string;
    })
  | {
      readonly type: 'ChangeEmailDigest';
      readonly window: DigestWindow;
      readonly by: UserId;
      readonly at: string;
    };

/** `createdAt` and `updatedAt` are the times of the first and the last change; null together. */
export type Preferences = {
  readonly choices: Choices;
  readonly emailDigest: DigestWindow;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
};

const evolve = (state: Preferences, { type, data }: PreferencesEvent): Preferences => {
  const changed = { ...state, createdAt: state.createdAt ?? data.at, updatedAt: data.at };
  switch (type) {
    case 'NotificationPreferenceWasChanged':
      return { ...changed, choices: { ...state.choices, [choiceKey(data)]: data.enabled } };
    case 'EmailDigestWasChanged':
      return { ...changed, emailDigest: data.window };
    default:
      return assertNever(type);
  }
};

const decide = (command: PreferencesCommand, state: Preferences): readonly PreferencesEvent[] => {
  const { by, at } = command;
  switch (command.type) {
    case 'ChangeNotificationPreference': {
      const { kind, channel, enabled } = command;
      const key = { kind, channel };
      if (!enabled && isRequired(key)) throw preferencesErrors.PREFERENCE_REQUIRED({ field: 'isEnabled' });
      return enabled === isEnabled(state.choices, key)
        ? []
        : [{ type: 'NotificationPreferenceWasChanged', data: { ...key, enabled, by, at } }];
    }
    case 'ChangeEmailDigest': {
      const { window } = command;
      return window === state.emailDigest
        ? []
        : [{ type: 'EmailDigestWasChanged', data: { window, by, at } }];
    }
    default:
      return assertNever(command);
  }
};

/** Whose preferences they are follows from the stream; the viewer can name no others. */
export const preferences: Decider<Preferences, PreferencesCommand, PreferencesEvent> = {
  initialState: { choices: {}, emailDigest: DEFAULT_DIGEST, createdAt: null, updatedAt: null },
  evolve,
  decide,
};

/** When the state of preferences is kept, so that a long history need not be read; raise the version when its shape changes. */
export const preferencesSnapshots = { schemaVersion: 2, every: 100 } as const;
