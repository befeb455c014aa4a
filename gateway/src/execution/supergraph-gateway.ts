import { randomUUID } from 'node:crypto';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { anonymous } from '@saas/auth';
import { execute, type CompiledOperation } from '@saas/engine';
import { isAppError } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import { GraphQLError } from 'graphql';
import { toClientError, type ClientError } from '../http/to-client-error.ts';
import { engineCompiler } from '../supergraph/engine-compiler.ts';
import { startGenerations } from '../supergraph/generations.ts';
import type { SupergraphSource } from '../supergraph/supergraph-source.port.ts';
import { engineFetch } from '../upstream/engine-fetch.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';
import { tokenKeeper } from '../upstream/token-keeper.ts';
import { clientErrors } from './client-errors.ts';
import type { ServingGeneration, ServingGenerations } from './serving-generation.ts';

export type GatewayInterface = ApolloServerOptionsWithGateway<object>['gateway'];

type Options = {
  readonly source: SupergraphSource;
  /** How subgraphs are called; kept by whoever gives it. */
  readonly clientsOf: (generation: ServingGeneration) => ReadonlyMap<string, SubgraphClient>;
  readonly logger: Logger;
  /** How long one operation may take altogether. */
  readonly deadlineMs?: number;
};

const DEADLINE_MS = 15_000;

/**
 * Our engine behind the interface of @apollo/server: `new ApolloServer({ gateway: supergraphGateway(…) })`. A request is
 * planned and executed on the generation whose schema the server validated it against, whatever is swapped in meanwhile.
 *
 * Our pipeline is not part of it: limits, tokens and persisted operations are the server's business here.
 */
export const supergraphGateway = (options: Options): GatewayInterface => {
  const listeners = new Set<SchemaCallback>();
  let generations: ServingGenerations | undefined;
  return {
    onSchemaLoadOrUpdate: (callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    load: async () => {
      const started = await startGenerations({ ...options, compiler: engineCompiler });
      generations = started;
      const tell = ({ api, supergraphSdl }: ServingGeneration): void => {
        for (const callback of listeners) callback({ apiSchema: api, coreSupergraphSdl: supergraphSdl });
      };
      // The server expects its first schema before this function returns.
      tell(started.current());
      started.onSwap(({ next }) => tell(next));
      return { executor: executorOf(started, options) };
    },
    stop: async () => generations?.stop(),
  };
};

type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;
type ServerRequest = Parameters<Executor>[0];
type SchemaCallback = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

const executorOf =
  (generations: ServingGenerations, { clientsOf, logger, deadlineMs = DEADLINE_MS }: Options): Executor =>
  async (request) => {
    const generation = generations.of(request.schema) ?? generations.current();
    const operation = await operationOf(generation, request, logger);
    const context = contextOf(logger, deadlineMs);
    const { dataJson, errors, problems } = await execute(operation, {
      variables: request.request.variables ?? {},
      fetch: engineFetch(clientsOf(generation), context),
    });
    const told = clientErrors(errors, problems, logger).map(graphqlError);
    const data = dataJson === undefined ? null : (JSON.parse(dataJson) as Record<string, unknown> | null);
    return { data, ...(told.length > 0 && { errors: told }) };
  };

const contextOf = (logger: Logger, deadlineMs: number): GatewayContext => ({
  requestId: randomUUID(),
  logger,
  viewer: anonymous,
  signal: new AbortController().signal,
  deadlineAtMs: performance.now() + deadlineMs,
  tokens: tokenKeeper(),
  identityFor: () => undefined,
});

const operationOf = async (
  generation: ServingGeneration,
  { document, operationName: name, queryHash, request }: ServerRequest,
  logger: Logger,
): Promise<CompiledOperation> => {
  const operationName = name ?? undefined;
  const key = `${queryHash} ${operationName ?? ''}`;
  const variables = request.variables ?? {};
  try {
    return (
      generation.remembered(key, variables) ??
      (await generation.operationFor({ document, operationName, key, variables }))
    );
  } catch (error) {
    const { message, extensions } = toClientError(error, logger);
    const isForeseen = isAppError(error) && error.definition.audience === 'client';
    const status = isForeseen ? (error.definition.retryable ? 503 : 400) : 500;
    throw new GraphQLError(message, { extensions: { ...extensions, http: { status } } });
  }
};

const graphqlError = ({ message, path, extensions }: ClientError): GraphQLError =>
  new GraphQLError(message, { path, extensions });
