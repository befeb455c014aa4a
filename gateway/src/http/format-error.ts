import type { Logger } from '@saas/telemetry';
import type { GraphQLFormattedError } from 'graphql';
import { httpErrors } from './http.errors.ts';
import { protocolErrors } from './protocol.errors.ts';
import { masked } from './to-client-error.ts';

/** The executor's own words for "something was thrown": what was thrown is for the log. */
const UNFORESEEN: ReadonlySet<unknown> = new Set([
  undefined,
  'INTERNAL_SERVER_ERROR',
  'DOWNSTREAM_SERVICE_ERROR',
]);
const PRIVATE_FIELDS: ReadonlySet<string> = new Set(['serviceName', 'stacktrace', 'exception', 'http']);

/**
 * The last look at every error before it leaves: the libraries' own additions are taken off, what clients cannot
 * know is cut from its path, and an error that nobody foresaw is masked. Errors that were masked before keep their incident id.
 */
export const formatError =
  (logger: Logger) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const extensions = formatted.extensions ?? {};
    const { locations, message } = formatted;
    const path = pathOfClient(formatted.path);
    const where = { ...(locations && { locations }), ...(path && { path }) };
    if (UNFORESEEN.has(extensions['code']) && typeof extensions['incidentId'] !== 'string') {
      return { ...masked(logger, { error }), ...where };
    }
    const kept = Object.entries(extensions).filter(([name]) => !PRIVATE_FIELDS.has(name));
    return {
      message,
      ...where,
      extensions: { ...retryableOf(extensions['code']), ...Object.fromEntries(kept) },
    };
  };

const retryableOf = (code: unknown): { readonly retryable?: boolean } => {
  const known = Object.entries({ ...httpErrors.definitions, ...protocolErrors.definitions }).find(
    ([name]) => name === code,
  )?.[1];
  return known ? { retryable: known.retryable } : {};
};

/** The stock executor appends a subgraph's own path to that of the fetch: what follows the entities is not the client's. */
const pathOfClient = (path: GraphQLFormattedError['path']): GraphQLFormattedError['path'] => {
  const end = path?.indexOf('_entities') ?? -1;
  if (end < 0) return path;
  return end === 0 ? undefined : path?.slice(0, end);
};
