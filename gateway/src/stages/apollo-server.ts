import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from '@saas/telemetry';
import { getVariableValues, GraphQLError } from 'graphql';
import type { ErrorLimits } from '../admission/capped-errors.ts';
import type { CostLimits } from '../admission/operation-cost.ts';
import { formatError } from '../http/format-error.ts';
import { masked } from '../http/to-client-error.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import { costLimit, errorLimit } from './cost-limit.ts';
import { dateTimeValues } from './date-time-values.ts';
import { quiet } from './quiet-logger.ts';
import { resolvedOperation } from './resolved-operation.ts';

type Options = {
  /** What plans and executes. */
  readonly gateway: ApolloServerOptionsWithGateway<GatewayContext>['gateway'];
  readonly supergraphSdl: string;
  readonly costs: CostLimits;
  readonly errors: ErrorLimits;
  readonly logger: Logger;
};

const VARIABLE_ERRORS_MAX = 10;
const VALIDATION_ERRORS_MAX = 20;

/**
 * Apollo Server over an executor. Nothing is reported to anybody, there is no landing page,
 * introspection is on, and requests that a foreign web page could make a browser send are refused.
 *
 * Stop it by `stop()`; it closes the executor too, not the clients.
 */
export const startApolloServer = async ({
  gateway,
  supergraphSdl,
  costs,
  errors,
  logger,
}: Options): Promise<ApolloServer<GatewayContext>> => {
  const server = new ApolloServer<GatewayContext>({
    gateway,
    logger: quiet(logger),
    introspection: true,
    csrfPrevention: true,
    // Each error looks through the schema for names that were meant.
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAX },
    // Operations come as text by now.
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    formatError: formatError(logger),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      dateTimeValues,
      resolvedOperation,
      strictVariables,
      costLimit(supergraphSdl, costs),
      visibleMisfits,
      errorLimit(errors),
    ],
  });
  await server.start();
  return server;
};

/**
 * Refuses variables of a wrong type before any subgraph is called; the stock executor would leave that to the subgraphs,
 * some of which had then already done their part of a mutation.
 */
const strictVariables: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, operation, request }) => {
      const { errors } = getVariableValues(
        schema,
        operation?.variableDefinitions ?? [],
        request.variables ?? {},
        {
          maxErrors: VARIABLE_ERRORS_MAX,
        },
      );
      const [first] = errors ?? [];
      if (first === undefined) return;
      const extensions = { code: 'BAD_USER_INPUT', http: { status: 400 } };
      throw new GraphQLError(first.message, { nodes: first.nodes ?? null, extensions });
    },
  }),
};

/**
 * Says when a subgraph's answer did not fit the schema. The stock executor nulls what does not fit and mentions it only
 * in `extensions.valueCompletion`.
 */
const visibleMisfits: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response, contextValue }) => {
      if (response.body.kind !== 'single') return;
      const result = response.body.singleResult;
      const misfits = result.extensions?.['valueCompletion'];
      delete result.extensions;
      if (!Array.isArray(misfits)) return;
      const errors = misfits.map((misfit: GraphQLError) => ({
        ...masked(contextValue.logger, { misfit: misfit.message, path: misfit.path }),
        ...(misfit.path && { path: misfit.path }),
      }));
      result.errors = [...(result.errors ?? []), ...errors];
    },
  }),
};
