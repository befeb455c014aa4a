import { isId } from '@saas/kernel';
import type { Message } from '@saas/messaging';
import type { ConsumeMessage, Options } from 'amqplib';

/** A message as RabbitMQ carries it. */
export type WireMessage = { readonly content: Buffer; readonly options: Options.Publish };

export type ReadMessage =
  | { readonly status: 'read'; readonly message: Message }
  | { readonly status: 'malformed'; readonly reason: string };

/**
 * The message for the wire: JSON, persistent, the sender's own headers as they are (CloudEvents attributes among them)
 * and beside them, prefixed `message-`, what it takes to rebuild it wherever it was moved to.
 *
 * @throws {TypeError} when the body is not JSON.
 */
export const toWire = (message: Message): WireMessage => ({
  content: Buffer.from(JSON.stringify(message.body)),
  options: {
    persistent: true,
    mandatory: true,
    contentType: 'application/json',
    messageId: message.id,
    type: message.routingKey,
    headers: {
      ...message.headers,
      'message-topic': message.topic,
      'message-routing-key': message.routingKey,
      'message-tenant': message.tenantId,
      'message-stream': message.stream,
      'message-sequence': message.sequence,
    },
  },
});

/**
 * Reads what `toWire` wrote, whoever delivers it. Never throws: anything may lie in a queue.
 *
 * A body that is no JSON belongs to its stream all the same: it is handed over as {@link UnreadableBody}, which no
 * consumer that reads it can handle, so that the message waits among the dead letters of its stream and not, unseen, as
 * a gap in it.
 */
export const fromWire = ({
  content,
  properties,
}: Pick<ConsumeMessage, 'content' | 'properties'>): ReadMessage => {
  const headers = (properties.headers ?? {}) as Readonly<Record<string, unknown>>;
  const id: unknown = properties.messageId;
  const topic = headers['message-topic'];
  const routingKey = headers['message-routing-key'];
  const tenantId = headers['message-tenant'];
  const stream = headers['message-stream'];
  const sequence = headers['message-sequence'];
  if (!isText(id)) return malformed('messageId');
  if (!isText(topic)) return malformed('message-topic');
  if (!isText(routingKey)) return malformed('message-routing-key');
  if (!isId('ten', tenantId)) return malformed('message-tenant');
  if (!isStream(stream)) return malformed('message-stream');
  if (!isSequence(sequence)) return malformed('message-sequence');
  const message = {
    id,
    tenantId,
    topic,
    routingKey,
    stream,
    sequence,
    headers: sendersOwn(headers),
    body: bodyOf(content),
  };
  return { status: 'read', message };
};

const malformed = (reason: string): ReadMessage => ({ status: 'malformed', reason });

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isStream = (value: unknown): value is Message['stream'] => isText(value) && /^[^-]+-./.test(value);

const isSequence = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** What stands for a body that is no JSON: how long it was, and its beginning. */
export type UnreadableBody = { readonly unreadable: { readonly bytes: number; readonly base64: string } };

const UNREADABLE_BYTES_MAX = 65_536;

const bodyOf = (content: Buffer): unknown => {
  try {
    return JSON.parse(content.toString('utf8')) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const base64 = content.subarray(0, UNREADABLE_BYTES_MAX).toString('base64');
    return { unreadable: { bytes: content.length, base64 } } satisfies UnreadableBody;
  }
};

/** Written by us, or by the broker when it delivers, returns or dead-letters a message. */
const NOT_THE_SENDERS = /^(message-|x-(delivery-count|acquired-count|death$|first-death-|last-death-))/;

const sendersOwn = (headers: Readonly<Record<string, unknown>>): Message['headers'] =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | number] =>
        !NOT_THE_SENDERS.test(entry[0]) && (typeof entry[1] === 'string' || typeof entry[1] === 'number'),
    ),
  );
