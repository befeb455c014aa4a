import type { Logger } from '@saas/telemetry';
import { admissionStatuses } from '../admission/admission.errors.ts';
import { operationsStatuses } from '../operations/operations.errors.ts';
import type { GatewayReply } from '../stages/stage.ts';
import { toClientError } from './to-client-error.ts';

const STATUS_OF: Readonly<Record<string, number>> = {
  ...admissionStatuses,
  ...operationsStatuses,
  BAD_REQUEST: 400,
  TOKEN_EXPIRED: 401,
  TOKEN_INVALID: 401,
  SESSION_REVOKED: 401,
  ROUTE_NOT_FOUND: 404,
  GRAPHIQL_NOT_BUILT: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_UNSUPPORTED: 415,
  KEYS_UNAVAILABLE: 503,
};

const HEADERS_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // RFC 6750, section 3: how a client learns that a new token would help.
  TOKEN_EXPIRED: { 'www-authenticate': 'Bearer error="invalid_token"' },
  TOKEN_INVALID: { 'www-authenticate': 'Bearer error="invalid_token"' },
  SESSION_REVOKED: { 'www-authenticate': 'Bearer error="invalid_token"' },
  METHOD_NOT_ALLOWED: { allow: 'GET, POST, OPTIONS' },
  // The rest of a body that nobody will read would have to be drained before the connection is of use again.
  BODY_TOO_LARGE: { connection: 'close' },
  CONTENT_TYPE_UNSUPPORTED: { connection: 'close' },
  KEYS_UNAVAILABLE: { 'retry-after': '5' },
};

/**
 * The answer to a request that was not executed: GraphQL-shaped JSON, whatever went wrong, with the HTTP status that
 * belongs to its code. A failure that was not foreseen is masked and gets 500.
 *
 * @param accept the request's `Accept` header; decides between the two media types of GraphQL over HTTP.
 */
export const refusalOf = (error: unknown, accept: string | undefined, logger: Logger): GatewayReply => {
  const clientError = toClientError(error, logger);
  const { code } = clientError.extensions;
  const mediaType = accept?.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json';
  return {
    status: STATUS_OF[code] ?? 500,
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      'cache-control': 'no-store',
      ...HEADERS_OF[code],
    },
    body: `${JSON.stringify({ errors: [clientError] })}\n`,
  };
};
