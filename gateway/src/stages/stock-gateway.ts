import { env } from 'node:process';
import { ApolloGateway } from '@apollo/gateway';
import type { Logger } from '@saas/telemetry';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';
import { subgraphDataSource } from '../upstream/subgraph-data-source.ts';
import { upstreamErrors } from '../upstream/upstream.errors.ts';
import { quiet } from './quiet-logger.ts';

type Options = {
  readonly supergraphSdl: string;
  /** One per subgraph of the supergraph, by name. */
  readonly clients: ReadonlyMap<string, SubgraphClient>;
  readonly logger: Logger;
};

/** The stock executor of @apollo/gateway, which fetches through our clients and reports nothing to anybody. */
export const stockGateway = ({ supergraphSdl, clients, logger }: Options): ApolloGateway => {
  // It reports home hourly unless this is set, and has no option for it.
  env['APOLLO_TELEMETRY_DISABLED'] = '1';
  return new ApolloGateway({
    supergraphSdl,
    logger: quiet(logger),
    __exposeQueryPlanExperimental: false,
    buildService: ({ name }) => {
      const client = clients.get(name);
      return client ? subgraphDataSource(client) : unreachable;
    },
  });
};

/** For a subgraph that is not called over HTTP. */
const unreachable = { process: async () => Promise.reject(upstreamErrors.SUBGRAPH_UNAVAILABLE()) };
