import { commandHandler, type EventStore } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import { causeOf, receiptOf, requireSchemaVersion, type Message } from '@saas/messaging';
import { recipient } from '../recipient/recipient.decider.ts';
import { recipientStream } from '../recipient/recipient.events.ts';
import { messageBody } from './message-body.values.ts';

/** The newest schema version of these messages that we know. */
const VERSION_MAX = 1;

/** Whether the message says that a person was erased. */
export const isErasure = ({ routingKey }: Message): boolean => routingKey === 'user.erased';

/**
 * Forgets what this service keeps of a person: inbox, notifications, preferences. It is committed together with the message's
 * receipt, or not at all.
 *
 * @throws {AppError} `MESSAGE_BODY_MALFORMED` or `MESSAGE_VERSION_UNKNOWN`, and those of receipts.
 */
export const forgetRecipient = async (
  queue: string,
  message: Message,
  tenantId: TenantId,
  store: EventStore,
): Promise<void> => {
  requireSchemaVersion(message, VERSION_MAX);
  const body = messageBody(message);
  const userId = body.id('userId', 'usr');
  const command = { type: 'EraseRecipient', userId, at: body.text('at') } as const;
  const handle = commandHandler({ decider: recipient, store, announce: () => [] });
  await handle({
    tenantId,
    metadata: { actor: 'notifications', ...causeOf(message) },
    receipts: [receiptOf(queue, message)],
    work: { commands: [{ stream: recipientStream(userId), command }] },
  });
};
