import type { GraphQLDataSource } from '@apollo/gateway';
import { Kind, parse, type SelectionSetNode } from 'graphql';
import { toClientError, type ClientError } from '../http/to-client-error.ts';
import type { GatewayContext } from './gateway-context.ts';
import type { SubgraphClient, SubgraphRequest } from './subgraph-call.ts';

/**
 * Lets the stock executor fetch through our own client. It never throws: a call that fails becomes errors with a code
 * and the path of what is missing, where the stock executor would leave the path out.
 */
export const subgraphDataSource = (client: SubgraphClient): GraphQLDataSource<GatewayContext> => ({
  process: async ({ request: { query = '', variables, operationName }, context }) => {
    // The executor hands over the context of the request; it is typed loosely for health checks, which we do not make.
    const ours = context as GatewayContext;
    const request: SubgraphRequest = { query, variables, operationName };
    try {
      const { data, errors } = await client.call(request, ours);
      if (errors.length === 0) return { data: data as Record<string, unknown> };
      return { data: data as Record<string, unknown>, errors };
    } catch (error) {
      return { errors: withPaths(toClientError(error, ours.logger), request) };
    }
  },
});

/** The same error for each root field that was asked for; for a fetch of entities, once, at the first of them. */
const withPaths = (error: ClientError, { query, variables }: SubgraphRequest): readonly ClientError[] => {
  if (variables?.['representations'] !== undefined) return [{ ...error, path: ['_entities', 0] }];
  const operation = parse(query, { noLocation: true }).definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const keys = operation?.kind === Kind.OPERATION_DEFINITION ? responseKeys(operation.selectionSet) : [];
  return [...new Set(keys)].map((key) => ({ ...error, path: [key] }));
};

/** Fragments on the root type are spread in place by the planner, or kept as inline fragments. */
const responseKeys = ({ selections }: SelectionSetNode): readonly string[] =>
  selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [(selection.alias ?? selection.name).value];
    return selection.kind === Kind.INLINE_FRAGMENT ? responseKeys(selection.selectionSet) : [];
  });
