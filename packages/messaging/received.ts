import type { EventMetadata, Receipt } from '@saas/event-sourcing';
import type { Message } from './message-bus.port.ts';

/** The mark that `consumer` has taken a message; goes into the transaction with its effect. */
export const receiptOf = (consumer: string, { id, stream, sequence }: Message): Receipt => ({
  consumer,
  messageId: id,
  stream,
  sequence,
});

/**
 * What an effect's events say of the message that caused them: which it was, in the course of which request and trace, and
 * which request began it all. Services that do not say what began it all have been asked last themselves.
 */
export const causeOf = ({ id, headers }: Message): Cause => {
  const requestId = String(headers['x-request-id'] ?? id);
  const { traceparent } = headers;
  return {
    requestId,
    causationId: id,
    correlationId: String(headers['x-correlation-id'] ?? requestId),
    ...(typeof traceparent === 'string' && { traceparent }),
  };
};

type Cause = Required<Pick<EventMetadata, 'requestId' | 'causationId' | 'correlationId'>> &
  Pick<EventMetadata, 'traceparent'>;
