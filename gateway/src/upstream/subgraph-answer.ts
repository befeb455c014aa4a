import { isUtf8 } from 'node:buffer';
import { jsonSize } from '../admission/json-size.ts';
import type { HttpAnswer } from './exchange.ts';
import type { SubgraphRequest } from './subgraph-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/** What a subgraph said: freshly parsed, and nothing in it is trusted yet. */
export type ParsedAnswer = {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly unknown[];
};

/** Below this size deep nesting does no harm: 128 KB of brackets are parsed in some 20 ms. */
const NESTING_UNCHECKED_CHARACTERS = 128 * 1_024;
const NESTING_MAX = 1_000;
const SIZE_MAX = { values: Infinity, nesting: NESTING_MAX };

/**
 * Reads a subgraph's response to `request`.
 *
 * 200 is an answer. So is 400 with errors: this is how servers refuse a variable's value. Any other status is not, for a
 * proxy may have written it, unless the media type says that a GraphQL server did (GraphQL over HTTP, section 6.4.2). An
 * answer to a fetch of entities has as many of them as were asked for.
 *
 * @throws {AppError} `SUBGRAPH_ANSWER_UNUSABLE` with the reason.
 */
export const parseAnswer = (
  { status, headers: { isGraphqlResponse }, body }: HttpAnswer,
  request: SubgraphRequest,
): ParsedAnswer => {
  const unusable = (reason: string): Error =>
    upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status, bytes: body.byteLength, reason });

  const isError = status >= 400;
  if (status !== 200 && status !== 400 && !(isGraphqlResponse && (isError || status < 300)))
    throw unusable('its status is none of an answer');
  const answer = parseJson(body, unusable);
  if (!isFields(answer)) throw unusable('it is no GraphQL');
  const { data } = answer;
  const errors = answer['errors'] ?? [];
  if (data !== undefined && data !== null && !isFields(data)) throw unusable('its data is no object');
  if (!Array.isArray(errors)) throw unusable('its errors are no list');
  if (errors.length === 0 && (isError || data === undefined || data === null))
    throw unusable('it has neither data nor errors');
  if (isFields(data) && !hasEntities(data, errors, request))
    throw unusable('its entities are not those asked for');
  return { data, errors };
};

/** The same once more, from a body that {@link parseAnswer} has read: nothing in it is shared with what was read before. */
export const parseAgain = (body: Buffer): ParsedAnswer => {
  const { data, errors = [] } = JSON.parse(textOf(body)) as Partial<ParsedAnswer>;
  return { data, errors: errors ?? [] };
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A byte order mark is skipped (RFC 8259, section 8.1). */
const textOf = (body: Buffer): string => {
  const decoded = body.toString('utf8');
  return decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
};

/** Bytes that are no UTF-8 would become other text without notice. */
const parseJson = (body: Buffer, unusable: (reason: string) => Error): unknown => {
  const text = textOf(body);
  if (text.includes('\uFFFD') && !isUtf8(body)) throw unusable('it is not in UTF-8');
  if (text.length > NESTING_UNCHECKED_CHARACTERS && jsonSize(text, SIZE_MAX).nesting > NESTING_MAX)
    throw unusable('it is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('it is no JSON');
  }
};

/** A list that is missing because of an error is that error's business. */
const hasEntities = (data: Fields, errors: readonly unknown[], request: SubgraphRequest): boolean => {
  const representations: unknown = request.representationsJson ?? request.variables?.['representations'];
  if (!Array.isArray(representations)) return true;
  const entities = data['_entities'];
  if (Array.isArray(entities)) return entities.length === representations.length;
  return errors.length > 0 && (entities === null || entities === undefined);
};
