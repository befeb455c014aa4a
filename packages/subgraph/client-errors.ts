import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { incidentId, type Logger } from '@saas/telemetry';
import type { GraphQLFormattedError } from 'graphql';
import { isMasked, thrownError, toClientError } from './to-client-error.ts';

/** What is known of the request that failed. */
type Failed = { readonly logger: Logger; readonly signal?: AbortSignal };

/**
 * Translates failures for clients, and logs each failure that they are not told about under its incident id.
 *
 * Apollo formats an error without saying whose request it belongs to; the plugin sees both and notes the request by
 * the error, so that the line carries the request's id. What fails after its request was given up is no incident.
 */
export const clientErrors = (fallback: Logger) => {
  const requestByError = new WeakMap<object, Failed>();

  const plugin: ApolloServerPlugin<BaseContext & Failed> = {
    async requestDidStart({ contextValue }) {
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) requestByError.set(error, contextValue);
        },
      };
    },
  };

  const translate = (
    formatted: GraphQLFormattedError,
    error: unknown,
    request?: Failed,
  ): GraphQLFormattedError => {
    const id = incidentId();
    const answer = toClientError(formatted, error, id);
    if (isMasked(answer)) {
      const known = typeof error === 'object' && error !== null ? requestByError.get(error) : undefined;
      const { logger, signal } = request ?? known ?? { logger: fallback };
      const where = formatted.path && { path: formatted.path.join('.') };
      const line = { incidentId: id, ...where, err: thrownError(error) };
      if (signal?.aborted) logger.debug(line, 'failure after the request was given up');
      else logger.error(line, 'unforeseen failure');
    }
    return answer;
  };

  return { plugin, translate };
};
