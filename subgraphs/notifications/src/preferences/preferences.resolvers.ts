import { payload } from '@saas/subgraph';
import type { ChangeInput, NotificationsContext } from '../notifications.context.ts';
import type { DigestWindow } from '../notification/notification.values.ts';
import type { PreferencesCommand } from './preferences.decider.ts';
import {
  preferenceMatrix,
  preferencesStream,
  type Choices,
  type PreferenceKey,
} from './preferences.values.ts';

type DigestInput = ChangeInput & { readonly window: DigestWindow };
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

    updateEmailDigest: (_: unknown, { input }: { input: DigestInput }, context: NotificationsContext) =>
      payload(async () => {
        const { window } = input;
        const { state, version } = await context.change({
          handle: context.handlePreferences,
          operation: 'updateEmailDigest',
          input,
          stream: ({ userId }) => preferencesStream(userId),
          command: (by, at): PreferencesCommand => ({ type: 'ChangeEmailDigest', window, by, at }),
        });
        return { preferences: { ...state, version } };
      }),
  },

  NotificationPreferences: {
    preferences: ({ choices }: { choices: Choices }) => preferenceMatrix(choices),
  },
};
