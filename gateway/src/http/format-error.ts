import type { Logger } from '@saas/telemetry';
import type { GraphQLFormattedError } from 'graphql';
import { masked } from './to-client-error.ts';

/** The executor's own words for "something was thrown": what was thrown is for the log. */
const UNFORESEEN: ReadonlySet<unknown> = new Set([
  undefined,
  'INTERNAL_SERVER_ERROR',
  'DOWNSTREAM_SERVICE_ERROR',
]);
const PRIVATE_FIELDS: ReadonlySet<string> = new Set(['serviceName', 'stacktrace', 'exception', 'http']);

/**
 * The last look at every error before it leaves: the libraries' own additions are taken off, and an error that nobody
 * foresaw is masked. Errors that were masked before keep their incident id.
 */
export const formatError =
  (logger: Logger) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const extensions = formatted.extensions ?? {};
    const { path, locations, message } = formatted;
    const where = { ...(locations && { locations }), ...(path && { path }) };
    if (UNFORESEEN.has(extensions['code']) && typeof extensions['incidentId'] !== 'string') {
      return { ...masked(logger, { error }), ...where };
    }
    const kept = Object.entries(extensions).filter(([name]) => !PRIVATE_FIELDS.has(name));
    return { message, ...where, extensions: Object.fromEntries(kept) };
  };
