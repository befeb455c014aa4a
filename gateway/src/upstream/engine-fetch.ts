import type { Fetch } from '@saas/engine';
import type { GatewayContext } from './gateway-context.ts';
import type { SubgraphClient } from './subgraph-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/** How the engine asks subgraphs in the course of one request. */
export const engineFetch =
  (clients: ReadonlyMap<string, SubgraphClient>, context: GatewayContext): Fetch =>
  (call) => {
    const client = clients.get(call.service);
    // A subgraph that is not called over HTTP.
    if (client === undefined) return Promise.reject(upstreamErrors.SUBGRAPH_UNAVAILABLE());
    return client.call(call, context);
  };
