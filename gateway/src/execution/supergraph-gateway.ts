import { randomUUID } from 'node:crypto';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { anonymous } from '@saas/auth';
import { execute, type CompiledOperation } from '@saas/engine';
import { isAppError, silentMeter } from '@saas/kernel';
import { createLogger, type Logger } from '@saas/telemetry';
import { GraphQLError } from 'graphql';
import { authorizers } from '../authorization/authorizers.ts';
import type { Authorized } from '../authorization/authorizer.ts';
import { principalOf, type Principal } from '../authorization/principal.ts';
import { toClientError, type ClientError } from '../http/to-client-error.ts';
import { callSettingsOf, defaultGatewayYaml } from '../gateway-yaml.ts';
import { engineCompiler } from '../supergraph/engine-compiler.ts';
import { startGenerations } from '../supergraph/generations.ts';
import { memorySource } from '../supergraph/supergraph-source.memory.ts';
import type { SupergraphSource } from '../supergraph/supergraph-source.port.ts';
import { breakers } from '../upstream/breakers.ts';
import { engineFetch } from '../upstream/engine-fetch.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import { openClient } from '../upstream/open-client.ts';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';
import { subgraphClients } from '../upstream/subgraph-clients.ts';
import { tokenKeeper } from '../upstream/token-keeper.ts';
import { clientErrors } from './client-errors.ts';
import type { ServingGeneration, ServingGenerations } from './serving-generation.ts';

export type GatewayInterface = ApolloServerOptionsWithGateway<object>['gateway'];

export type SupergraphGatewayOptions = {
  /** A composed supergraph, or where one is found and watched. */
  readonly supergraph: string | SupergraphSource;
  /** By subgraph name: what replaces the routing URL of the supergraph. */
  readonly urls?: Readonly<Record<string, string>>;
  /** How long one operation may take altogether, and one call to a subgraph. */
  readonly deadlineMs?: number;
  /**
   * Who asks, by the server's `contextValue`, for supergraphs with `@authenticated`, `@requiresScopes` or `@policy`. Without it,
   * everybody is a stranger to them.
   */
  readonly principalOf?: (contextValue: unknown) => Principal;
  /** Silent unless given. */
  readonly logger?: Logger;
};

const DEADLINE_MS = 15_000;
const RESPONSE_BYTES_MAX = 16 * 1_024 * 1_024;
const CONNECTIONS_MAX = 64;

/**
 * Our engine behind the interface of @apollo/server: `new ApolloServer({ gateway: supergraphGateway({ supergraph }) })`.
 * A request is planned and executed on the generation whose schema the server validated it against, whatever is swapped
 * in meanwhile.
 *
 * Our pipeline is not part of it: limits, tokens and persisted operations are the server's business here.
 */
export const supergraphGateway = (options: SupergraphGatewayOptions): GatewayInterface => {
  const {
    supergraph,
    urls = {},
    deadlineMs = DEADLINE_MS,
    principalOf: principal = () => principalOf(undefined),
    logger = createLogger({ name: 'gateway', level: 'silent' }),
  } = options;
  const listeners = new Set<SchemaCallback>();
  const limits = {
    timeoutMs: deadlineMs,
    responseBytesMax: RESPONSE_BYTES_MAX,
    connectionsMax: CONNECTIONS_MAX,
  };
  const parts = { breakers: breakers({ logger, meter: silentMeter, identitiesOf: () => () => undefined }) };
  const clients = subgraphClients({
    open: (address) => openClient(address, callSettingsOf(defaultGatewayYaml(), address.name, limits), parts),
    urls,
    mentioned: { urls: Object.keys(urls) },
    logger,
  });
  let generations: ServingGenerations | undefined;
  return {
    onSchemaLoadOrUpdate: (callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    load: async () => {
      generations = await startGenerations({
        source: typeof supergraph === 'string' ? memorySource(supergraph) : supergraph,
        compiler: engineCompiler,
        check: clients.check,
        logger,
      });
      clients.follow(generations);
      const tell = ({ api, supergraphSdl }: ServingGeneration): void => {
        for (const callback of listeners) callback({ apiSchema: api, coreSupergraphSdl: supergraphSdl });
      };
      // The server expects its first schema before this function returns.
      tell(generations.current());
      generations.onSwap(({ next }) => tell(next));
      return {
        executor: executorOf(generations, { clientsOf: clients.clientsOf, principal, deadlineMs, logger }),
      };
    },
    stop: async () => {
      await generations?.stop();
      await clients.close();
    },
  };
};

type Execution = {
  readonly clientsOf: (generation: ServingGeneration) => ReadonlyMap<string, SubgraphClient>;
  readonly principal: (contextValue: unknown) => Principal;
  readonly deadlineMs: number;
  readonly logger: Logger;
};

type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;
type ServerRequest = Parameters<Executor>[0];
type SchemaCallback = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

const POLICY_TIMEOUT_MS = 1_000;

const executorOf = (
  generations: ServingGenerations,
  { clientsOf, principal, logger, deadlineMs }: Execution,
): Executor => {
  const authorizerFor = authorizers({ mode: 'filter', policyTimeoutMs: POLICY_TIMEOUT_MS });
  const answer = async (request: ServerRequest, generation: ServingGeneration) => {
    const variables = request.request.variables ?? {};
    const authorized = await authorizerFor(generation)
      .protectedOperation(request.document, request.operation)
      ?.authorize(principal(request.context), { variables });
    const operation = await operationOf(generation, request, authorized, logger);
    const { dataJson, errors, problems } = await execute(operation, {
      variables,
      fetch: engineFetch(clientsOf(generation), contextOf(logger, deadlineMs)),
    });
    const failures = clientErrors(errors, authorized === undefined ? problems : [], logger);
    const told = [...(authorized?.errors ?? []), ...failures].map(graphqlError);
    const data = dataJson === undefined ? null : (JSON.parse(dataJson) as Record<string, unknown> | null);
    return { data, ...(told.length > 0 && { errors: told }) };
  };
  return async (request) => {
    const { generation, leave } = generations.enter(request.schema);
    try {
      return await answer(request, generation);
    } finally {
      leave();
    }
  };
};

const contextOf = (logger: Logger, deadlineMs: number): GatewayContext => ({
  requestId: randomUUID(),
  logger,
  viewer: anonymous,
  // The server does not tell when a client leaves.
  signal: { aborted: false },
  deadlineAtMs: performance.now() + deadlineMs,
  tokens: tokenKeeper(),
  identityFor: () => undefined,
});

const operationOf = async (
  generation: ServingGeneration,
  { document, operationName: name, queryHash, request }: ServerRequest,
  authorized: Authorized | undefined,
  logger: Logger,
): Promise<CompiledOperation> => {
  const operationName = name ?? undefined;
  const ofAll = `${queryHash} ${operationName ?? ''}`;
  const key = authorized === undefined ? ofAll : `${ofAll} ${authorized.key}`;
  const variables = request.variables ?? {};
  try {
    return (
      generation.remembered(key, variables) ??
      (await generation.operationFor({
        document,
        operationName,
        key,
        variables,
        documentToPlan: authorized?.part,
      }))
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
