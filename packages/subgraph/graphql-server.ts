import { ApolloServer, HeaderMap, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from '@saas/telemetry';
import type { clientErrors } from './client-errors.ts';
import { subgraphSchema } from './subgraph-schema.ts';

type Options = {
  readonly typeDefs: string;
  readonly resolvers: object;
  readonly logger: Logger;
  readonly errors: ReturnType<typeof clientErrors>;
};

/** What the shell itself relies on in a service's context. */
type GraphqlContext = BaseContext & { readonly logger: Logger; readonly signal: AbortSignal };

/** What Apollo made of one GraphQL request, ready to be sent. */
export type GraphqlAnswer = {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
};

/**
 * Apollo Server without a server: it parses, validates and executes, and this package's shell does the rest.
 *
 * Introspection is open, for nobody but the gateway gets this far. Nothing is reported to anybody outside.
 */
export const graphqlServer = async (options: Options) => {
  const { typeDefs, resolvers, logger, errors } = options;
  const apollo = new ApolloServer<GraphqlContext>({
    schema: subgraphSchema(typeDefs, resolvers),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      errors.plugin,
    ],
    formatError: (formatted, error) => errors.translate(formatted, error),
    introspection: true,
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger,
  });
  await apollo.start();

  const execute = async (
    body: unknown,
    headers: { readonly accept?: string | undefined },
    context: GraphqlContext,
  ): Promise<GraphqlAnswer> => {
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([
          ['content-type', 'application/json'],
          ...(headers.accept === undefined ? [] : [['accept', headers.accept] as const]),
        ]),
        search: '',
        body,
      },
      context: async () => context,
    });
    if (answer.body.kind !== 'complete') throw new Error('This service answers in one piece.');
    return {
      statusCode: answer.status ?? 200,
      contentType: answer.headers.get('content-type') ?? 'application/json; charset=utf-8',
      body: answer.body.string,
    };
  };
  return { execute, stop: () => apollo.stop() };
};
