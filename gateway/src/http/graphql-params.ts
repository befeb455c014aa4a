import { isUtf8 } from 'node:buffer';
import { httpErrors } from './http.errors.ts';

/** What a request says, in the terms of GraphQL over HTTP; each field of the right kind. */
export type GraphQLParams = {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Fields;
  readonly extensions: Fields;
  /** Other spellings of an id, as they came. */
  readonly documentId: unknown;
  readonly doc_id: unknown;
  readonly id: unknown;
};

type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = Object.freeze({});

/**
 * Reads one request from parsed JSON. Null counts as absent; unknown fields are let pass.
 *
 * @throws {AppError} `BAD_REQUEST` with the field whose value is of a wrong kind.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters
 */
export const readParams = (value: unknown): GraphQLParams => {
  if (!isFields(value)) throw httpErrors.BAD_REQUEST();
  const { documentId, doc_id, id } = value;
  return {
    query: textOf(value, 'query'),
    // A client that names nothing may say so by an empty name.
    operationName: textOf(value, 'operationName') || undefined,
    variables: fieldsOf(value, 'variables'),
    extensions: fieldsOf(value, 'extensions'),
    documentId,
    doc_id,
    id,
  };
};

/**
 * Reads a request from a URL; `variables` and `extensions` are JSON.
 *
 * @param search from `?` on. @throws {AppError} `BAD_REQUEST`.
 */
export const readSearch = (search: string): GraphQLParams => {
  requireUtf8(search);
  const fields: Record<string, unknown> = Object.fromEntries(new URLSearchParams(search));
  for (const name of ['variables', 'extensions']) {
    const text = fields[name];
    if (typeof text === 'string') fields[name] = text === '' ? null : parsed(name, text);
  }
  return readParams(fields);
};

/** Bytes that are no UTF-8 would become other text without notice. A character's bytes stand side by side, and no other is among them. */
const requireUtf8 = (search: string): void => {
  for (const [encoded] of search.matchAll(/(?:%[89a-f][\da-f])+/gi)) {
    if (!isUtf8(Buffer.from(encoded.replaceAll('%', ''), 'hex'))) throw httpErrors.BAD_REQUEST();
  }
};

const parsed = (field: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw httpErrors.BAD_REQUEST({ field }, cause);
  }
};

const textOf = (fields: Fields, field: string): string | undefined => {
  const value = fields[field] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw httpErrors.BAD_REQUEST({ field });
};

const fieldsOf = (fields: Fields, field: string): Fields => {
  const value = fields[field] ?? nothing;
  if (isFields(value)) return value;
  throw httpErrors.BAD_REQUEST({ field });
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
