import { composeServices } from '@apollo/composition';
import {
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
  operationFromDocument,
} from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute as run, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import {
  compileOperation,
  execute,
  orderKeys,
  planningConditions,
  preparePlanning,
  schemaFacts,
  variablesOf,
  withoutDefer,
  type CompiledOperation,
  type ExecutionResult,
  type Fetch,
  type FetchAnswer,
  type FetchCall,
} from '../index.ts';

export type SubgraphUnderTest = {
  readonly name: string;
  /** Without the link to the federation specification. */
  readonly sdl: string;
  readonly resolvers?: object;
};

type Variables = Readonly<Record<string, unknown>>;

export type Question = {
  readonly variables?: Variables;
  readonly operationName?: string;
  /** Stands between the engine and the subgraphs. */
  readonly intercept?: (call: FetchCall, next: Fetch) => Promise<FetchAnswer>;
};

export type Answer = ExecutionResult & {
  /** What a client reads out of `dataJson`. */
  readonly data: unknown;
  readonly calls: readonly FetchCall[];
};

/** A supergraph over subgraphs in this process, planned by the stock planner and run by our engine. */
export type GraphUnderTest = {
  readonly api: GraphQLSchema;
  readonly parse: (query: string) => DocumentNode;
  readonly plan: (query: string, operationName?: string) => unknown;
  readonly compile: (query: string, operationName?: string, variables?: Variables) => CompiledOperation;
  /** Asks one subgraph directly. */
  readonly fetch: Fetch;
  readonly ask: (query: string, question?: Question) => Promise<Answer>;
};

const imports = [
  '@key',
  '@shareable',
  '@external',
  '@requires',
  '@provides',
  '@interfaceObject',
  '@inaccessible',
  '@context',
  '@fromContext',
  '@override',
];
const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${JSON.stringify(imports)})\n`;

export const graphUnderTest = (
  subgraphs: readonly SubgraphUnderTest[],
  options: { readonly defer?: boolean } = {},
): GraphUnderTest => {
  const services = subgraphs.map(({ name, sdl, resolvers = {} }) => ({
    name,
    typeDefs: parse(link + sdl),
    schema: buildSubgraphSchema({ typeDefs: parse(link + sdl), resolvers: resolvers as never }),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  const supergraph = Supergraph.build(orderKeys(supergraphSdl), {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: false,
  });
  const incrementalDelivery = { enableDefer: options.defer ?? false };
  const planner = new QueryPlanner(supergraph, { incrementalDelivery });
  const model = supergraph.apiSchema();
  const api = model.toGraphQLJSSchema({ includeDefer: options.defer ?? false });
  const facts = schemaFacts({ supergraph: supergraph.schema.toGraphQLJSSchema(), api });
  const schemas = new Map(services.map(({ name, schema }) => [name, schema]));

  const prepare = (query: string, operationName?: string, variables: Variables = {}) => {
    const document = parse(query);
    const [invalid] = validate(api, document);
    if (invalid !== undefined) throw invalid;
    const values = planningConditions(facts, document, operationName)?.(variables);
    const { documentToPlan, restore } = preparePlanning(facts, document, operationName, values);
    const planOf = (toPlan: DocumentNode) =>
      planner.buildQueryPlan(
        operationFromDocument(model, toPlan, operationName === undefined ? {} : { operationName }),
      );
    return { document, restore, plan: asJson(planWithoutFailing(planOf, documentToPlan)) };
  };

  const compile = (query: string, operationName?: string, variables?: Variables): CompiledOperation =>
    compileOperation(facts, { ...prepare(query, operationName, variables), operationName });

  const fetch: Fetch = async (call) => {
    const { service, query, operationName } = call;
    const schema = schemas.get(service);
    if (schema === undefined) throw new Error(`no subgraph ${service}`);
    const document = parse(query);
    const [invalid] = validate(schema, document);
    if (invalid !== undefined) throw invalid;
    const variableValues = asJson(variablesOf(call)) as Record<string, unknown>;
    return asJson(await run({ schema, document, variableValues, operationName })) as FetchAnswer;
  };

  return {
    api,
    parse: (query) => parse(query),
    plan: (query, operationName) => prepare(query, operationName).plan,
    compile,
    fetch,
    ask: async (query, { variables = {}, operationName, intercept } = {}) => {
      const calls: FetchCall[] = [];
      const result = await execute(compile(query, operationName, variables), {
        variables,
        fetch: async (call) => {
          calls.push(call);
          return intercept === undefined ? await fetch(call) : await intercept(call, fetch);
        },
      });
      return { ...result, data: fromJson(result.dataJson), calls };
    },
  };
};

/** The planner fails with some operations that defer what has requirements or conditions. */
const planWithoutFailing = <Plan>(planOf: (document: DocumentNode) => Plan, document: DocumentNode): Plan => {
  try {
    return planOf(document);
  } catch (error) {
    const undeferred = withoutDefer(document);
    if (undeferred === document) throw error;
    return planOf(undeferred);
  }
};

const fromJson = (json: string | undefined): unknown =>
  json === undefined ? undefined : (JSON.parse(json) as unknown);

/** As it would come over the wire. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
