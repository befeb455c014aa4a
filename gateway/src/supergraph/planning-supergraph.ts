import {
  errorCauses,
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
  type Schema,
} from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { orderKeys, withoutDefer } from '@saas/engine';
import {
  buildSchema,
  GraphQLError,
  parse,
  printSchema,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { checkDateTimes } from './date-time-values.ts';
import { documentMistakes } from './document-mistakes.ts';
import type { LoadedSupergraph, PlannerAnswer } from './planner-messages.ts';
import { SupergraphError, type SupergraphProblem } from './supergraph.errors.ts';
import { ownThread } from './thread-time.ts';

export type PlanningSupergraph = {
  readonly loaded: LoadedSupergraph;
  plan(operation: string, operationName: string | undefined): PlannerAnswer;
  validate(document: string, introspection: boolean): PlannerAnswer;
};

/**
 * Loads a supergraph for planning. Blocks: 60 ms for three small subgraphs, half a second for twelve large ones; so
 * it runs in a thread of its own.
 *
 * Directives of newer federation versions (`@authenticated`, `@policy`, `@context`, `@cost`) are let in; whoever executes plans
 * must honour them.
 *
 * @throws {SupergraphError} `SUPERGRAPH_INVALID` with every problem the library names.
 */
export const planningSupergraph = (
  supergraphSdl: string,
  { isDeferEnabled }: { readonly isDeferEnabled: boolean },
): PlanningSupergraph => {
  const { supergraph, api, planner } = load(supergraphSdl, isDeferEnabled);
  const apiSdl = printSchema(api.toGraphQLJSSchema({ includeDefer: isDeferEnabled }));
  // Most threads are never asked to validate.
  let schema: GraphQLSchema | undefined;
  return {
    loaded: {
      apiSdl,
      subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
      thread: ownThread(),
    },
    plan: (operation, operationName) => plan(api, planner, operation, operationName),
    validate: (document, introspection) => {
      schema ??= apiSchemaOf(apiSdl);
      return { kind: 'validated', mistakes: documentMistakes(schema, parse(document), introspection) };
    },
  };
};

const apiSchemaOf = (apiSdl: string): GraphQLSchema => {
  const schema = buildSchema(apiSdl, { noLocation: true, assumeValid: true, assumeValidSDL: true });
  checkDateTimes(schema);
  return schema;
};

const load = (supergraphSdl: string, isDeferEnabled: boolean) => {
  try {
    const supergraph = Supergraph.build(orderKeys(supergraphSdl), {
      supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
      validateSupergraph: false,
    });
    const planner = new QueryPlanner(supergraph, { incrementalDelivery: { enableDefer: isDeferEnabled } });
    return { supergraph, api: supergraph.apiSchema(), planner };
  } catch (error) {
    // Whatever the library stumbles over is the schema's fault: nothing else went in.
    throw new SupergraphError('SUPERGRAPH_INVALID', problemsOf(error), error);
  }
};

const plan = (
  api: Schema,
  planner: QueryPlanner,
  operation: string,
  operationName: string | undefined,
): PlannerAnswer => {
  try {
    const document = parse(operation, { noLocation: true });
    const options = operationName === undefined ? {} : { operationName };
    const planOf = (toPlan: DocumentNode) =>
      planner.buildQueryPlan(operationFromDocument(api, toPlan, options));
    return { kind: 'planned', planJson: JSON.stringify(planWithoutFailing(planOf, document)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'unplanned', reason: isLimit(message) ? 'limit' : 'failure', message };
  }
};

/**
 * The planner fails with some operations that defer what has requirements or conditions. Without `@defer` it plans them:
 * everything is fetched first then, and the parts still come as parts.
 */
const planWithoutFailing = <Plan>(planOf: (document: DocumentNode) => Plan, document: DocumentNode): Plan => {
  try {
    return planOf(document);
  } catch (error) {
    const undeferred = withoutDefer(document);
    if (undeferred === document || (error instanceof Error && isLimit(error.message))) throw error;
    return planOf(undeferred);
  }
};

/** The library's limits have no code of their own, so they are known by their text. */
const isLimit = (message: string): boolean =>
  /exceeds (the )?(limit|maximum)|[Ee]xceeded|reached the limit|Too many options|call stack/.test(message);

const problemsOf = (error: unknown): readonly SupergraphProblem[] => {
  if (!(error instanceof Error)) return [{ code: 'UNKNOWN', message: String(error) }];
  return (errorCauses(error) ?? [error]).map((cause) => {
    const { code } = cause instanceof GraphQLError ? cause.extensions : { code: undefined };
    const place = cause instanceof GraphQLError ? cause.locations?.[0] : undefined;
    return {
      code: typeof code === 'string' ? code : 'UNKNOWN',
      location: place && `supergraph:${place.line}:${place.column}`,
      message: cause.message,
    };
  });
};
