import { AppError, type PublicFields } from '@saas/kernel';
import { incidentId as newIncidentId, type RequestLogger } from '@saas/telemetry';
import type { SourceLocation } from 'graphql';
import { httpErrors } from './http.errors.ts';

/** An error as a client may see it: what GraphQL calls a formatted error, with a permanent code. */
export type ClientError = {
  readonly message: string;
  /** In the document. */
  readonly locations?: readonly SourceLocation[];
  readonly path?: readonly (string | number)[];
  readonly extensions: PublicFields & { readonly code: string };
};

/**
 * What a client may learn about a failure: a foreseen one keeps message, code and public fields; everything else is
 * masked, and logged under the incident id that the client is given.
 */
export const toClientError = (error: unknown, logger: RequestLogger): ClientError => {
  if (error instanceof AppError && error.definition.audience === 'client') {
    const { message, code, fields, definition } = error;
    const extensions = { ...fields, code, retryable: definition.retryable };
    const location = locationOf(fields);
    return location === undefined ? { message, extensions } : { message, locations: [location], extensions };
  }
  return masked(logger, { error });
};

/** Of an error about one place in the document. */
const locationOf = ({ line, column }: PublicFields): SourceLocation | undefined =>
  typeof line === 'number' && typeof column === 'number' ? { line, column } : undefined;

/** A masked failure; `details` go to the log, together with the incident id that the client is given. */
export const masked = (logger: RequestLogger, details: Readonly<Record<string, unknown>>): ClientError => {
  const incidentId = newIncidentId();
  logger.error({ incidentId, ...details }, 'a failure was masked');
  const { message, retryable } = httpErrors.definitions.INTERNAL_SERVER_ERROR;
  return { message, extensions: { code: 'INTERNAL_SERVER_ERROR', retryable, incidentId } };
};
