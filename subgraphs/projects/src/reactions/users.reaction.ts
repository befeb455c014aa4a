import { isId, type TenantId, type UserId } from '@saas/kernel';
import type { CommandHandler } from '@saas/event-sourcing';
import { causeOf, receiptOf, requireSchemaVersion, type Message, type Subscription } from '@saas/messaging';
import type { KnownUser, KnownUserCommand } from '../known-user/known-user.decider.ts';
import { knownUserStream } from '../known-user/known-user.events.ts';
import { reactionErrors } from './reactions.errors.ts';

const QUEUE = 'projects.users';
/** The newest schema version of these messages that we know. */
const VERSION_MAX = 1;

/**
 * Learns from the users service who is there and who is no longer, so that projects take in real colleagues only.
 *
 * Each message counts once and in order: what it teaches is committed together with its receipt; a repeated or early one
 * is refused. Messages that teach nothing leave their receipt too. The queue's name is permanent, and all routing keys
 * are bound: sequences count every announcement of a stream, and a part of them would look like a gap.
 */
export const usersSubscription = (handle: CommandHandler<KnownUser, KnownUserCommand>): Subscription => ({
  queue: QUEUE,
  bindings: [{ topic: 'user_events', pattern: '#' }],
  handle: (message) => learn(handle, [message]),
  handleTogether: (messages) => learn(handle, messages),
});

/** Everything the messages teach, in one transaction. Each is about a user of its own, as each is another stream's. */
const learn = async (
  handle: CommandHandler<KnownUser, KnownUserCommand>,
  messages: readonly Message[],
): Promise<void> => {
  const [first] = messages;
  if (!first) return;
  const commands = messages.flatMap((message) => {
    const command = lessonOf(message);
    return command ? [{ stream: knownUserStream(command.userId), command }] : [];
  });
  await handle({
    tenantId: tenantOf(first),
    metadata: { actor: 'projects', ...causeOf(first) },
    receipts: messages.map((message) => receiptOf(QUEUE, message)),
    work: { commands },
  });
};

const lessonOf = (message: Message): KnownUserCommand | null => {
  switch (message.routingKey) {
    case 'user.created':
      return { type: 'LearnOfUser', ...bodyOf(message) };
    // Nothing but ids is kept here: whoever is erased is no colleague any more, and that is all there is to do.
    case 'user.erased':
    case 'user.deactivated':
      return { type: 'LearnOfDeactivation', ...bodyOf(message) };
    default:
      return null;
  }
};

const bodyOf = (message: Message): { readonly userId: UserId; readonly at: string } => {
  requireSchemaVersion(message, VERSION_MAX);
  const { routingKey, body } = message;
  const { userId, at } = (body ?? {}) as { readonly userId?: unknown; readonly at?: unknown };
  if (!isId('usr', userId)) throw reactionErrors.USER_MESSAGE_MALFORMED({ routingKey, field: 'userId' });
  if (typeof at !== 'string') throw reactionErrors.USER_MESSAGE_MALFORMED({ routingKey, field: 'at' });
  return { userId, at };
};

const tenantOf = ({ tenantId, routingKey }: Message): TenantId => {
  if (isId('ten', tenantId)) return tenantId;
  throw reactionErrors.USER_MESSAGE_MALFORMED({ routingKey, field: 'tenantId' });
};
