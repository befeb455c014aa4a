import { AppError } from '@saas/kernel';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** What graphql-js and Apollo refuse before any of our code ran; their messages speak of the client's own text. */
const PROTOCOL_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/**
 * Decides what a client may learn about a failure. The only place that writes `extensions.code`.
 *
 * - A `client` {@link AppError}: its catalogued message, code and public fields.
 * - A refusal of the document or its variables: as graphql-js and Apollo worded it.
 * - Anything else: a masked `INTERNAL_SERVER_ERROR` carrying `incidentId`, by which operators find the log line.
 *
 * @param formatted the error as Apollo would send it; place and path are taken from it.
 * @param error the error itself, as it was thrown or wrapped.
 * @see GraphQL specification (October 2021), section 7.1.2 "Errors": room for `extensions` is left to services.
 */
export const toClientError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  incidentId: string,
): GraphQLFormattedError => {
  const { locations, path } = formatted;
  const where = { ...(locations && { locations }), ...(path && { path }) };
  const thrown = thrownError(error);
  if (thrown instanceof AppError && thrown.definition.audience === 'client') {
    const extensions = { ...thrown.fields, code: thrown.code, retryable: thrown.definition.retryable };
    return { message: thrown.message, ...where, extensions };
  }
  const code = formatted.extensions?.['code'];
  if (thrown instanceof GraphQLError && PROTOCOL_CODES.has(code)) {
    return { message: formatted.message, ...where, extensions: { code, retryable: false } };
  }
  const extensions = { code: 'INTERNAL_SERVER_ERROR', retryable: false, incidentId };
  return { message: 'Something went wrong on our side.', ...where, extensions };
};

/** Whether a client is told nothing but an incident id, so that the log has to tell the rest. */
export const isMasked = (formatted: GraphQLFormattedError): boolean =>
  formatted.extensions?.['code'] === 'INTERNAL_SERVER_ERROR';

/** What was thrown, under graphql-js' and Apollo's wrappings. */
export const thrownError = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? thrownError(error.originalError) : error;
