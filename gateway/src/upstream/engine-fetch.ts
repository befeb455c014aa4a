import type { Fetch } from '@saas/engine';
import type { GatewayContext } from './gateway-context.ts';
import { relayErrors } from './relay-errors.ts';
import type { SubgraphClient } from './subgraph-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/** How the engine asks subgraphs in the course of one request. What subgraphs say of errors is already fit for clients. */
export const engineFetch =
  (clients: ReadonlyMap<string, SubgraphClient>, context: GatewayContext): Fetch =>
  async ({ service, query, operationName, variables }) => {
    const client = clients.get(service);
    // A subgraph that is not called over HTTP.
    if (client === undefined) throw upstreamErrors.SUBGRAPH_UNAVAILABLE();
    const { data, errors } = await client.call({ query, operationName, variables }, context);
    return { data, errors: relayErrors(errors, service, context.logger) };
  };
