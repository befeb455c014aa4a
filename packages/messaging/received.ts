import type { EventMetadata, Receipt } from '@saas/event-sourcing';
import type { Message } from './message-bus.port.ts';

/** The mark that `consumer` has taken a message; goes into the transaction with its effect. */
export const receiptOf = (consumer: string, { id, stream, sequence }: Message): Receipt => ({
  consumer,
  messageId: id,
  stream,
  sequence,
});

/** What an effect's events say of the message that caused them. */
export const causeOf = ({ id, headers }: Message): Pick<EventMetadata, 'requestId' | 'causationId'> => ({
  requestId: String(headers['x-request-id'] ?? id),
  causationId: id,
});
