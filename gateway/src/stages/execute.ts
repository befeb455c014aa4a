import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { Viewer } from '@saas/auth';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import type { GatewayReply, Handler } from './stage.ts';

type Options = {
  readonly server: ApolloServer<GatewayContext>;
  readonly identitiesOf: (viewer: Viewer) => (subgraph: string) => string | undefined;
};

/** The innermost stage: parses, validates, plans and executes the operation, and writes its answer. */
export const executeOperation =
  ({ server, identitiesOf }: Options): Handler =>
  async (request): Promise<GatewayReply> => {
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      // The credentials have been used; nothing further in needs them.
      if (value !== undefined && name !== 'authorization' && name !== 'cookie') headers.set(name, value);
    }
    const { requestId, logger, viewer, signal, deadlineAtMs, tokens } = request;
    const identityFor = identitiesOf(viewer);
    const response = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers, search: request.search, body: request.body },
      context: async () => ({ requestId, logger, viewer, signal, deadlineAtMs, tokens, identityFor }),
    });
    return {
      status: response.status ?? 200,
      headers: Object.fromEntries(response.headers),
      body: response.body.kind === 'complete' ? response.body.string : response.body.asyncIterator,
    };
  };
