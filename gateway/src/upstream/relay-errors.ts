import type { PublicFields } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import { httpErrors } from '../http/http.errors.ts';
import { masked, type ClientError } from '../http/to-client-error.ts';
import type { SubgraphError } from './subgraph-answer.ts';

/** More errors than a person will read; the rest is counted in the log. */
const ERRORS_MAX = 100;
const MESSAGE_LENGTH_MAX = 1_000;
const FIELD_LENGTH_MAX = 200;

/** What a subgraph says when it and we disagree about the schema or about who we are: our mistake, not the client's. */
const OPERATORS_CODES: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_REQUEST',
  'CALLER_UNKNOWN',
]);

/** Fields that frameworks add and clients have no business with. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set([
  'code',
  'serviceName',
  'stacktrace',
  'exception',
  'http',
  'headers',
  'status',
  'statusCode',
  'url',
  'host',
  'query',
  'response',
  'body',
]);

/**
 * What a client may learn of a subgraph's errors. An error that its subgraph marked for clients, by a permanent code
 * in capitals, keeps message, path, code and its flat public fields. A masked one keeps its incident id, under our
 * message. Everything else is masked here and logged.
 */
export const relayErrors = (
  errors: readonly SubgraphError[],
  subgraph: string,
  logger: Logger,
): readonly ClientError[] => {
  if (errors.length > ERRORS_MAX) logger.warn({ subgraph, errors: errors.length }, 'errors were left out');
  return errors.slice(0, ERRORS_MAX).map((error) => ({
    ...relayed(error, subgraph, logger),
    ...(error.path && { path: error.path }),
  }));
};

const relayed = (error: SubgraphError, subgraph: string, logger: Logger): ClientError => {
  const { code, incidentId } = error.extensions;
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]{1,63}$/.test(code) || OPERATORS_CODES.has(code)) {
    return masked(logger, { subgraph, subgraphError: error });
  }
  if (code !== 'INTERNAL_SERVER_ERROR') {
    return {
      message: error.message.slice(0, MESSAGE_LENGTH_MAX),
      extensions: { ...publicFields(error), code },
    };
  }
  if (typeof incidentId !== 'string' || !/^[\w-]{1,64}$/.test(incidentId)) {
    return masked(logger, { subgraph, subgraphError: error });
  }
  const { message, retryable } = httpErrors.definitions.INTERNAL_SERVER_ERROR;
  return { message, extensions: { code, retryable, incidentId } };
};

const publicFields = ({ extensions }: SubgraphError): PublicFields =>
  Object.fromEntries(
    Object.entries(extensions).filter((entry): entry is [string, string | number | boolean] => {
      const [name, value] = entry;
      if (PRIVATE_FIELDS.has(name) || name === '__proto__') return false;
      if (typeof value === 'string') return value.length <= FIELD_LENGTH_MAX;
      return typeof value === 'number' || typeof value === 'boolean';
    }),
  );
