import { AppError } from '@saas/kernel';
import type { RequestLogger } from '@saas/telemetry';
import { admissionStatuses } from '../admission/admission.errors.ts';
import { authorizationStatuses } from '../authorization/authorization.errors.ts';
import { operationsStatuses } from '../operations/operations.errors.ts';
import { overloadStatuses } from '../overload/overload.errors.ts';
import { httpStatuses } from './http.errors.ts';
import type { HttpReply } from './http-exchange.ts';
import { acceptanceOf } from './media-type.ts';
import { protocolStatuses } from './protocol.errors.ts';
import { RequestErrors } from './request-errors.ts';
import { toClientError } from './to-client-error.ts';

const STATUS_OF: Readonly<Record<string, number>> = {
  ...httpStatuses,
  ...protocolStatuses,
  ...admissionStatuses,
  ...operationsStatuses,
  ...authorizationStatuses,
  ...overloadStatuses,
  OPERATION_TOO_COMPLEX: 400,
  OPERATION_AMBIGUOUS_REQUIRES: 400,
  PLAN_REQUIREMENT_MISSING: 400,
  PLANNER_BUSY: 503,
  TOKEN_EXPIRED: 401,
  TOKEN_INVALID: 401,
  SESSION_REVOKED: 401,
  KEYS_UNAVAILABLE: 503,
};

const HEADERS_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // RFC 6750, section 3: how a client learns that a new token would help.
  TOKEN_EXPIRED: { 'www-authenticate': 'Bearer error="invalid_token"' },
  TOKEN_INVALID: { 'www-authenticate': 'Bearer error="invalid_token"' },
  SESSION_REVOKED: { 'www-authenticate': 'Bearer error="invalid_token"' },
  METHOD_NOT_ALLOWED: { allow: 'GET, POST, OPTIONS' },
  MUTATION_BY_GET: { allow: 'POST' },
  // The rest of a body that nobody will read would have to be drained before the connection is of use again.
  BODY_TOO_LARGE: { connection: 'close' },
  BODY_INFLATED_TOO_LARGE: { connection: 'close' },
  CONTENT_TYPE_UNSUPPORTED: { connection: 'close' },
  KEYS_UNAVAILABLE: { 'retry-after': '5' },
  PLANNER_BUSY: { 'retry-after': '1' },
};

/** Well-formed requests for something that cannot be had: who asks for `application/json` by name gets 200 for them. */
const ABOUT_THE_DOCUMENT: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

/** A refusal in the terms of GraphQL: its code, and the response that says so. */
export type Refusal = { readonly code: string; readonly json: string };

/** What a client is told of a request that was not executed. A failure that was not foreseen is masked. */
export const refusalFor = (error: unknown, logger: RequestLogger): Refusal => {
  if (error instanceof RequestErrors)
    return { code: error.code, json: JSON.stringify({ errors: error.errors }) };
  const clientError = toClientError(error, logger);
  return { code: clientError.extensions.code, json: JSON.stringify({ errors: [clientError] }) };
};

/**
 * The answer to a request that was not executed: GraphQL-shaped JSON, whatever went wrong, with the HTTP status that
 * belongs to its code.
 *
 * @param accept the request's `Accept` header.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
 */
export const refusalOf = (error: unknown, accept: string | undefined, logger: RequestLogger): HttpReply => {
  const { code, json } = refusalFor(error, logger);
  const { mediaType = 'application/json', isJsonByName } = acceptanceOf(accept);
  return {
    status: isJsonByName && ABOUT_THE_DOCUMENT.has(code) ? 200 : (STATUS_OF[code] ?? 500),
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      'cache-control': 'no-store',
      ...HEADERS_OF[code],
      ...retryAfterOf(error),
    },
    body: `${json}\n`,
  };
};

/** Where the moment says when to come again. */
const retryAfterOf = (error: unknown): Readonly<Record<string, string>> | undefined => {
  const seconds = error instanceof AppError ? error.fields['retryAfterSeconds'] : undefined;
  return seconds === undefined ? undefined : { 'retry-after': String(seconds) };
};
