import { stateOf, type CommandHandler, type EventStore, type Work } from '@saas/event-sourcing';
import { bucketOfId, isId, newId, type Clock, type TenantId } from '@saas/kernel';
import { causeOf, receiptOf, type Message, type Subscription } from '@saas/messaging';
import type { Notification, NotificationCommand } from '../notification/notification.decider.ts';
import type { NotificationCreation } from '../notification/notification.events.ts';
import { notificationStream } from '../notification/notification.values.ts';
import { preferences, preferencesSnapshots } from '../preferences/preferences.decider.ts';
import type { PreferencesEvent } from '../preferences/preferences.events.ts';
import { channelsFor, digestFor, preferencesStream } from '../preferences/preferences.values.ts';
import { forgetRecipient, isErasure } from './erasure.reaction.ts';
import { projectNotices } from './project-events.reaction.ts';
import { reactionErrors } from './reactions.errors.ts';
import { userNotices } from './user-events.reaction.ts';

type Options = {
  readonly handle: CommandHandler<Notification, NotificationCommand>;
  readonly store: EventStore;
  readonly clock: Clock;
};

/**
 * What this service listens to. Queue names are permanent: what waits in a queue belongs to its name.
 *
 * Every key of an exchange is bound, for sequences count every announcement of a stream and a part would look like a gap.
 */
export const notificationSubscriptions = (options: Options): readonly Subscription[] => [
  subscription('notifications.projects', 'project_events', projectNotices, options),
  subscription('notifications.users', 'user_events', userNotices, options),
];

/**
 * Turns messages into notifications, exactly once in effect: they are committed together with the messages' receipts,
 * or not at all. A message that was received before, or is early, is refused. A message that leads to nothing leaves its
 * receipt too.
 */
const subscription = (
  queue: string,
  topic: string,
  noticesOf: NoticesOf,
  options: Options,
): Subscription => ({
  queue,
  bindings: [{ topic, pattern: '#' }],
  handle: (message) => notify(queue, noticesOf, [message], options),
  handleTogether: (messages) => notify(queue, noticesOf, messages, options),
  takesSuccessors: true,
});

type NoticesOf = (message: Message) => readonly NotificationCreation[];

const notify = async (
  queue: string,
  noticesOf: NoticesOf,
  messages: readonly Message[],
  options: Options,
): Promise<void> => {
  const [first] = messages;
  if (!first) return;
  const tenantId = tenantOf(first);
  const erasures = messages.filter(isErasure);
  const others = messages.filter((message) => !isErasure(message));
  // One by one, each with its receipt: what is handed over again finds that it was received.
  for (const message of erasures) await forgetRecipient(queue, message, tenantId, options.store);
  if (others.length > 0) await notifyOf(queue, noticesOf, others, tenantId, options);
};

const notifyOf = async (
  queue: string,
  noticesOf: NoticesOf,
  messages: readonly Message[],
  tenantId: TenantId,
  options: Options,
): Promise<void> => {
  const [first] = messages;
  if (!first) return;
  const notices = messages.flatMap(noticesOf);
  await options.handle({
    tenantId,
    metadata: { actor: 'notifications', ...causeOf(first) },
    receipts: messages.map((message) => receiptOf(queue, message)),
    work: () => workFor(notices, tenantId, options),
  });
};

/** One notification for each recipient who wants it on any channel, by the preferences as they are when it is committed. */
const workFor = async (
  notices: readonly NotificationCreation[],
  tenantId: TenantId,
  { store, clock }: Options,
): Promise<Work<NotificationCommand>> => {
  const streams = [...new Set(notices.map(({ recipientId }) => preferencesStream(recipientId)))];
  const snapshots = preferencesSnapshots.schemaVersion;
  const slices =
    streams.length === 0 ? [] : await store.read<PreferencesEvent>(tenantId, streams, { snapshots });
  const at = clock.now().toISOString();
  const commands = notices.flatMap((creation) => {
    const slice = slices[streams.indexOf(preferencesStream(creation.recipientId))];
    const { choices, emailDigest } = stateOf(preferences, slice ?? { events: [], version: 0 });
    const channels = channelsFor(choices, creation.kind);
    if (channels.length === 0) return [];
    const digest = channels.includes('EMAIL') ? digestFor(emailDigest, creation.kind) : 'IMMEDIATELY';
    const wanted = { ...creation, channels, ...(digest !== 'IMMEDIATELY' && { digest }) };
    const stream = notificationStream(newId('ntf', bucketOfId(tenantId), clock));
    return [
      {
        stream,
        command: { type: 'CreateNotification', creation: wanted, at } as const,
        isNew: true as const,
      },
    ];
  });
  const dependsOn = streams.map((stream, index) => ({ stream, version: slices[index]?.version ?? 0 }));
  return { commands, dependsOn };
};

const tenantOf = ({ tenantId, routingKey }: Message): TenantId => {
  if (isId('ten', tenantId)) return tenantId;
  throw reactionErrors.MESSAGE_BODY_MALFORMED({ routingKey, field: 'tenantId' });
};
