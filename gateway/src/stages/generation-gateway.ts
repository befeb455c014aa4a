import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { execute, type CompiledOperation, type EngineError, type SchemaFacts } from '@saas/engine';
import { isAppError } from '@saas/kernel';
import { GraphQLError } from 'graphql';
import { masked, toClientError, type ClientError } from '../http/to-client-error.ts';
import type { Generation } from '../supergraph/generation.ts';
import type { Generations } from '../supergraph/generations.ts';
import { engineFetch } from '../upstream/engine-fetch.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';

type OurGenerations = Generations<SchemaFacts, CompiledOperation>;
type Options = {
  readonly generations: OurGenerations;
  readonly clients: ReadonlyMap<string, SubgraphClient>;
};

/**
 * Our own engine behind the interface of @apollo/server. A request is planned and executed on the generation whose schema
 * it was validated against, whatever is swapped in meanwhile.
 */
export const generationGateway = ({ generations, clients }: Options): GatewayInterface => {
  const tell = (
    callback: SchemaCallback,
    { api, supergraphSdl }: Generation<SchemaFacts, CompiledOperation>,
  ) => callback({ apiSchema: api, coreSupergraphSdl: supergraphSdl });
  return {
    onSchemaLoadOrUpdate: (callback) => {
      tell(callback, generations.current());
      return generations.onSwap(({ next }) => tell(callback, next));
    },
    load: async () => ({
      executor: async (request) => {
        const generation = generations.of(request.schema) ?? generations.current();
        const context = request.context as GatewayContext;
        const operation = await operationOf(generation, request, context);
        const { dataJson, errors, problems } = await execute(operation, {
          variables: request.request.variables ?? {},
          fetch: engineFetch(clients, context),
        });
        const misfits = problems.map((problem) => ({
          ...masked(context.logger, { misfit: problem.message, path: problem.path }),
          path: problem.path,
        }));
        const told = [...errors.map((error) => clientErrorOf(error, context)), ...misfits].map(graphqlError);
        const data = dataJson === undefined ? null : (JSON.parse(dataJson) as Record<string, unknown> | null);
        return { data, ...(told.length > 0 && { errors: told }) };
      },
    }),
    stop: () => generations.stop(),
  };
};

type GatewayInterface = ApolloServerOptionsWithGateway<GatewayContext>['gateway'];
type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;
type GatewayRequest = Parameters<Executor>[0];
type SchemaCallback = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

const operationOf = async (
  generation: Generation<SchemaFacts, CompiledOperation>,
  { document, operationName: name, queryHash, request }: GatewayRequest,
  { logger }: GatewayContext,
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

/** A failed call is told by its cause; what a subgraph said was made fit for clients when it arrived. */
const clientErrorOf = (error: EngineError, { logger }: GatewayContext): ClientError => {
  const where = error.path && { path: error.path };
  if (error.cause !== undefined) return { ...toClientError(error.cause, logger), ...where };
  if (error.code === undefined) return { ...masked(logger, { error }), ...where };
  const extensions = { ...error.extensions, code: error.code } as ClientError['extensions'];
  return { message: error.message, extensions, ...where };
};

const graphqlError = ({ message, path, extensions }: ClientError): GraphQLError =>
  new GraphQLError(message, { path, extensions });
