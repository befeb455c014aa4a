import type { StreamId } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import {
  notificationChannels,
  notificationKinds,
  type DigestWindow,
  type NotificationChannel,
  type NotificationKind,
} from '../notification/notification.values.ts';

/** One cell of the matrix: a kind over a channel. */
export type PreferenceKey = { readonly kind: NotificationKind; readonly channel: NotificationChannel };
export type Preference = PreferenceKey & { readonly isEnabled: boolean; readonly isRequired: boolean };

/** What a person has chosen; what is not listed is at its default. */
export type Choices = Readonly<Partial<Record<`${NotificationKind}/${NotificationChannel}`, boolean>>>;

const EMAILED: ReadonlySet<NotificationKind> = new Set(['ACCOUNT_SECURITY', 'TASK_ASSIGNED']);

/** Whether a person who has chosen nothing hears of `kind` over `channel`. */
export const isEnabledByDefault = ({ kind, channel }: PreferenceKey): boolean =>
  channel === 'IN_APP' || (channel === 'EMAIL' && EMAILED.has(kind));

/** What nobody may switch off: whoever took over an account must not be able to hide it from the inbox. */
export const isRequired = ({ kind, channel }: PreferenceKey): boolean =>
  kind === 'ACCOUNT_SECURITY' && channel === 'IN_APP';

/** Whether a person with these choices hears of `kind` over `channel`. */
export const isEnabled = (choices: Choices, key: PreferenceKey): boolean =>
  isRequired(key) || (choices[choiceKey(key)] ?? isEnabledByDefault(key));

/** The channels over which a person with these choices hears of `kind`, always in the same order. */
export const channelsFor = (choices: Choices, kind: NotificationKind): readonly NotificationChannel[] =>
  notificationChannels.filter((channel) => isEnabled(choices, { kind, channel }));

/** How e-mails of a person who has chosen nothing are gathered. */
export const DEFAULT_DIGEST: DigestWindow = 'HOURLY';

/** How long an e-mail about `kind` may wait for others. What concerns the security of an account waits for nothing. */
export const digestFor = (chosen: DigestWindow, kind: NotificationKind): DigestWindow =>
  kind === 'ACCOUNT_SECURITY' ? 'IMMEDIATELY' : chosen;

/** The place of a cell in {@link Choices}. */
export const choiceKey = ({ kind, channel }: PreferenceKey): keyof Choices => `${kind}/${channel}`;

/** Every kind over every channel, each once, always in the same order. */
export const preferenceMatrix = (choices: Choices): readonly Preference[] =>
  notificationKinds.flatMap((kind) =>
    notificationChannels.map((channel) => {
      const key = { kind, channel };
      return { ...key, isEnabled: isEnabled(choices, key), isRequired: isRequired(key) };
    }),
  );

/** The stream of a person's preferences. */
export const preferencesStream = (userId: UserId): StreamId => `preferences-${userId}`;
