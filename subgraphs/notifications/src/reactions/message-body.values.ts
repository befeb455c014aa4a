import { isAppError, parseId, type IdKind, type IdOf } from '@saas/kernel';
import type { Message } from '@saas/messaging';
import { reactionErrors } from './reactions.errors.ts';

const TEXT_LENGTH_MAX = 1_000;

/** Reads the fields of a message's body, one by one and strictly. What is not asked for may be there or not. */
export type MessageBody = {
  /** An id of the kind that is expected here. */
  id<Kind extends IdKind>(name: string, kind: Kind): IdOf[Kind];
  /** An id, or null where there is none; a field that is missing is neither. */
  idOrNull<Kind extends IdKind>(name: string, kind: Kind): IdOf[Kind] | null;
  /** 1 to 1,000 characters. */
  text(name: string): string;
};

/**
 * The body of `message`, ready to be read.
 *
 * @throws {AppError} `MESSAGE_BODY_MALFORMED` here or from any field, with the routing key and the field, never a value.
 */
export const messageBody = ({ routingKey, body }: Pick<Message, 'routingKey' | 'body'>): MessageBody => {
  const malformed = (field: string, cause?: unknown) =>
    reactionErrors.MESSAGE_BODY_MALFORMED({ routingKey, field }, cause);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('body');
  const fields = new Map<string, unknown>(Object.entries(body));

  const id = <Kind extends IdKind>(name: string, kind: Kind): IdOf[Kind] => {
    try {
      return parseId(kind, fields.get(name), name);
    } catch (error) {
      if (isAppError(error, 'ID_MALFORMED')) throw malformed(name, error);
      throw error;
    }
  };
  return {
    id,
    idOrNull: (name, kind) => (fields.get(name) === null ? null : id(name, kind)),
    text: (name) => {
      const value = fields.get(name);
      if (typeof value === 'string' && value.length >= 1 && value.length <= TEXT_LENGTH_MAX) return value;
      throw malformed(name);
    },
  };
};
