import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { parse } from 'graphql';
import type { AnswerError, AskGateway, AskSubgraph, Call } from './answer.ts';

type Asked = { readonly subgraphs: AskSubgraph; readonly calls: Call[] };

/** The gateway that ours is compared with, asking the same subgraphs without HTTP. */
export const stockGateway = async (supergraphSdl: string): Promise<AskGateway> => {
  // It would tell its maker of itself.
  process.env['APOLLO_TELEMETRY_DISABLED'] = '1';
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: silentLogger,
    buildService: ({ name }) => dataSource(name),
  });
  const { executor } = await gateway.load();
  return async (query, variables, subgraphs) => {
    const asked: Asked = { subgraphs, calls: [] };
    const result = await executor({
      request: { query, variables },
      document: parse(query),
      queryHash: query,
      context: asked,
      metrics: {},
      logger: silentLogger,
    } as never);
    return {
      dataJson: result.data === undefined ? undefined : JSON.stringify(result.data),
      errors: (result.errors ?? []).map(asError),
      hasProblems: result.extensions?.['valueCompletion'] !== undefined,
      calls: asked.calls,
    };
  };
};

const dataSource = (service: string): GraphQLDataSource => ({
  process: async ({ request, context }) => {
    const { subgraphs, calls } = context as Asked;
    const call = {
      service,
      query: request.query ?? '',
      variables: request.variables ?? {},
      ...(request.operationName !== undefined && { operationName: request.operationName }),
    };
    calls.push(call);
    return (await subgraphs(call)) as Awaited<ReturnType<GraphQLDataSource['process']>>;
  },
});

type StockError = {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>>;
};

const asError = ({ message, path, extensions }: StockError): AnswerError => ({
  message,
  path: path?.join('.'),
  code: typeof extensions?.['code'] === 'string' ? extensions['code'] : undefined,
});

const silent = (): void => undefined;
const silentLogger = { debug: silent, info: silent, warn: silent, error: silent };
