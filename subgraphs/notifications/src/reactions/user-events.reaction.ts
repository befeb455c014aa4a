import { requireSchemaVersion, type Message } from '@saas/messaging';
import type { NotificationCreation } from '../notification/notification.events.ts';
import type { AccountChange } from '../notification/notification.values.ts';
import { messageBody } from './message-body.values.ts';

/** The newest schema version of these messages that we know. */
const VERSION_MAX = 1;

const changes: Readonly<Record<string, AccountChange | undefined>> = {
  'user.password_changed': 'PASSWORD_CHANGED',
  'user.email_changed': 'EMAIL_CHANGED',
  'user.sessions_revoked': 'SESSIONS_REVOKED',
};

/**
 * Tells people of whatever may mean that someone else has got into their account. They are told even of what they did
 * themselves, for that is just what cannot be known. Other routing keys lead to nothing.
 *
 * @throws {AppError} `MESSAGE_BODY_MALFORMED` or `MESSAGE_VERSION_UNKNOWN`.
 */
export const userNotices = (message: Message): readonly NotificationCreation[] => {
  const change = Object.hasOwn(changes, message.routingKey) ? changes[message.routingKey] : undefined;
  if (change === undefined) return [];
  requireSchemaVersion(message, VERSION_MAX);
  const userId = messageBody(message).id('userId', 'usr');
  const subject = { type: 'USER', id: userId } as const;
  return [
    {
      kind: 'ACCOUNT_SECURITY',
      subject,
      data: { change },
      recipientId: userId,
      actorId: null,
      causedBy: message.id,
    },
  ];
};
