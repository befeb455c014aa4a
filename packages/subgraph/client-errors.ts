import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { incidentId, type Logger } from '@saas/telemetry';
import type { GraphQLFormattedError } from 'graphql';
import { isMasked, thrownError, toClientError } from './to-client-error.ts';

/**
 * Translates failures for clients, and logs each failure that they are not told about under its incident id.
 *
 * Apollo formats an error without saying whose request it belongs to; the plugin sees both and notes the request's
 * logger by the error, so that the line carries the request's id.
 */
export const clientErrors = (fallback: Logger) => {
  const loggerByError = new WeakMap<object, Logger>();

  const plugin: ApolloServerPlugin<BaseContext & { readonly logger: Logger }> = {
    async requestDidStart({ contextValue }) {
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) loggerByError.set(error, contextValue.logger);
        },
      };
    },
  };

  const translate = (
    formatted: GraphQLFormattedError,
    error: unknown,
    logger?: Logger,
  ): GraphQLFormattedError => {
    const id = incidentId();
    const answer = toClientError(formatted, error, id);
    if (isMasked(answer)) {
      const known = typeof error === 'object' && error !== null ? loggerByError.get(error) : undefined;
      const where = formatted.path && { path: formatted.path.join('.') };
      (logger ?? known ?? fallback).error(
        { incidentId: id, ...where, err: thrownError(error) },
        'unforeseen failure',
      );
    }
    return answer;
  };

  return { plugin, translate };
};
