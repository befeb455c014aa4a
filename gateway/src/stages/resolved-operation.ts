import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind } from 'graphql';
import { protocolErrors } from '../http/protocol.errors.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';

const { definitions } = protocolErrors;
const http = { status: 400 };

/**
 * Refuses what validation lets pass and no executor can run: a request that means none of its document's operations, and
 * operations of a type that the schema does not have, such as a subscription.
 */
export const resolvedOperation: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, operation }) => {
      if (!operation) throw refusal('OPERATION_RESOLUTION_FAILURE');
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION || schema.getRootType(definition.operation))
          continue;
        throw refusal('GRAPHQL_VALIDATION_FAILED', `The schema has no type for a ${definition.operation}.`);
      }
    },
  }),
};

const refusal = (code: keyof typeof definitions, message: string = definitions[code].message): GraphQLError =>
  new GraphQLError(message, { extensions: { code, retryable: definitions[code].retryable, http } });
