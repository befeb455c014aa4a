import type { ApolloServerPlugin } from '@apollo/server';
import { AppError } from '@saas/kernel';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { admissionStatuses } from '../admission/admission.errors.ts';
import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import { costCheck } from '../admission/cost-check.ts';
import { readCostTable } from '../admission/cost-table.ts';
import type { CostLimits } from '../admission/operation-cost.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';

/** Refuses a valid operation before it is planned when it costs too much or asks for too long lists. */
export const costLimit = (supergraphSdl: string, limits: CostLimits): ApolloServerPlugin<GatewayContext> => {
  const table = readCostTable(supergraphSdl);
  const checks = new WeakMap<GraphQLSchema, ReturnType<typeof costCheck>>();
  const checkFor = (schema: GraphQLSchema) => {
    const known = checks.get(schema) ?? costCheck({ schema, table, limits });
    checks.set(schema, known);
    return known;
  };
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, operation, request }) => {
        if (!operation) return;
        try {
          checkFor(schema)(document, operation, request.variables ?? {});
        } catch (error) {
          throw error instanceof AppError ? asGraphQLError(error) : error;
        }
      },
    }),
  };
};

const asGraphQLError = ({ message, code, fields, definition }: AppError): GraphQLError => {
  const http = { status: admissionStatuses[code] ?? 400 };
  return new GraphQLError(message, {
    extensions: { ...fields, code, retryable: definition.retryable, http },
  });
};

/** Lists no more errors in an answer than the limits allow. The last one to touch them. */
export const errorLimit = (limits: ErrorLimits): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ response: { body } }) => {
      if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
      body.singleResult.errors = cappedErrors(body.singleResult.errors, limits);
    },
  }),
});
