import { env } from 'node:process';
import { ApolloGateway } from '@apollo/gateway';
import type { EngineError } from '@saas/engine';
import type { Logger } from '@saas/telemetry';
import { getVariableValues, type GraphQLError } from 'graphql';
import type { ValidOperation } from '../operations/operation-exchange.ts';
import { subgraphDataSource } from '../upstream/subgraph-data-source.ts';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';
import { upstreamErrors } from '../upstream/upstream.errors.ts';
import type { Execute } from './execute.port.ts';
import { quiet } from './quiet-logger.ts';
import type { ServingGeneration } from './serving-generation.ts';

type Options = {
  readonly clientsOf: (generation: ServingGeneration) => ReadonlyMap<string, SubgraphClient>;
  readonly logger: Logger;
};

type StockExecutor = Awaited<ReturnType<ApolloGateway['load']>>['executor'];

const VARIABLE_ERRORS_MAX = 10;

/**
 * The stock executor of @apollo/gateway behind our pipeline, for comparison. It fetches through our clients, reports
 * nothing to anybody, and plans on the event loop. It refuses supergraphs with directives that it does not know.
 */
export const stockExecution = ({ clientsOf, logger }: Options): Execute => {
  const executors = new WeakMap<ServingGeneration, Promise<StockExecutor>>();
  const executorFor = async (generation: ServingGeneration): Promise<StockExecutor> => {
    const known = executors.get(generation);
    if (known !== undefined) return known;
    const executor = startStock(generation, clientsOf, logger);
    executors.set(generation, executor);
    return executor;
  };
  return async (valid, context) => {
    const invalid = wrongVariables(valid);
    if (invalid.length > 0) return { initial: { dataJson: undefined, errors: invalid, problems: [] } };
    const { request, generation, authorized } = valid;
    const { params, document } = request;
    // Never so far: it refuses the supergraphs of which clients may have a part only.
    if (authorized !== undefined) throw new Error('The stock executor runs whole operations only.');
    const executor = await executorFor(generation);
    const { operationName, variables } = params;
    const stockRequest = {
      request: { operationName, variables },
      document: document.node,
      operationName: operationName ?? null,
      queryHash: document.hash,
      schema: generation.api,
      context,
      logger: quiet(logger),
      metrics: {},
    } as unknown as Parameters<StockExecutor>[0];
    const { data = null, errors = [], extensions } = await executor(stockRequest);
    return {
      initial: {
        dataJson: JSON.stringify(data),
        errors: errors.map(engineError),
        problems: misfits(extensions?.['valueCompletion']),
      },
    };
  };
};

const startStock = async (
  generation: ServingGeneration,
  clientsOf: Options['clientsOf'],
  logger: Logger,
): Promise<StockExecutor> => {
  // It reports home hourly unless this is set, and has no option for it.
  env['APOLLO_TELEMETRY_DISABLED'] = '1';
  const gateway = new ApolloGateway({
    supergraphSdl: generation.supergraphSdl,
    logger: quiet(logger),
    buildService: ({ name }) => {
      const client = clientsOf(generation).get(name);
      return client ? subgraphDataSource(client) : unreachable;
    },
  });
  const { executor } = await gateway.load({ apollo: {} });
  return executor;
};

/** For a subgraph that is not called over HTTP. */
const unreachable = { process: async () => Promise.reject(upstreamErrors.SUBGRAPH_UNAVAILABLE()) };

/** The stock executor would leave them to the subgraphs, some of which had then already done their part of a mutation. */
const wrongVariables = ({ generation, operation, request }: ValidOperation): readonly EngineError[] => {
  const definitions = operation.variableDefinitions ?? [];
  const { errors = [] } = getVariableValues(generation.api, definitions, request.params.variables, {
    maxErrors: VARIABLE_ERRORS_MAX,
  });
  return errors.map(({ message }) => ({
    message,
    code: 'BAD_USER_INPUT',
    extensions: { retryable: false },
  }));
};

/** The executor's own words for "something was thrown": what was thrown is for the log. */
const UNFORESEEN: ReadonlySet<unknown> = new Set([
  undefined,
  'INTERNAL_SERVER_ERROR',
  'DOWNSTREAM_SERVICE_ERROR',
]);

const engineError = ({ message, path, extensions }: GraphQLError): EngineError => {
  const { code, serviceName: _, ...rest } = extensions;
  const place = pathOfClient(path);
  const where = place === undefined ? {} : { path: place };
  const isMasked = typeof rest['incidentId'] === 'string';
  if (typeof code !== 'string' || (UNFORESEEN.has(code) && !isMasked)) return { message, ...where };
  return { message, ...where, code, extensions: rest };
};

/** The stock executor appends a subgraph's own path to that of the fetch: what follows the entities is not the client's. */
const pathOfClient = (path: GraphQLError['path']): GraphQLError['path'] => {
  const end = path?.indexOf('_entities') ?? -1;
  if (end < 0) return path;
  return end === 0 ? undefined : path?.slice(0, end);
};

/** It nulls what does not fit the schema, and mentions it only in an extension. */
const misfits = (found: unknown) =>
  Array.isArray(found) ? found.map(({ message, path }: GraphQLError) => ({ message, path: path ?? [] })) : [];
