import { payload } from '@saas/subgraph';
import type { ChangeInput, NotificationsContext } from '../notifications.context.ts';
import type { PreferencesCommand } from './preferences.decider.ts';
import {
  preferenceMatrix,
  preferencesStream,
  type Choices,
  type PreferenceKey,
} from './preferences.values.ts';

type PreferenceInput = ChangeInput & PreferenceKey & { readonly isEnabled: boolean };

export const preferencesResolvers = {
  Query: {
    notificationPreferences: (_: unknown, __: unknown, context: NotificationsContext) =>
      context.preferences(),
  },

  Mutation: {
    updateNotificationPreference: (
      _: unknown,
      { input }: { input: PreferenceInput },
      context: NotificationsContext,
    ) =>
      payload(async () => {
        const { kind, channel, isEnabled: enabled } = input;
        const { state, version } = await context.change({
          handle: context.handlePreferences,
          operation: 'updateNotificationPreference',
          input,
          stream: ({ userId }) => preferencesStream(userId),
          command: (by, at): PreferencesCommand => ({
            type: 'ChangeNotificationPreference',
            kind,
            channel,
            enabled,
            by,
            at,
          }),
        });
        return { preferences: { ...state, version } };
      }),
  },

  NotificationPreferences: {
    preferences: ({ choices }: { choices: Choices }) => preferenceMatrix(choices),
  },
};
