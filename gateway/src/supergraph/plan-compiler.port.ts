import type { DocumentNode, GraphQLSchema } from 'graphql';

/**
 * What a generation needs of the engine that executes plans. Every function is pure: the same input gives the same output, and
 * nothing is kept between calls.
 */
export type PlanCompiler<Facts, Operation> = {
  /**
   * What compiling needs to know of the types; made once per generation.
   *
   * @param schemas.supergraph everything there is, also what clients do not see, with the directives on its syntax nodes.
   */
  factsOf(schemas: { readonly supergraph: GraphQLSchema; readonly api: GraphQLSchema }): Facts;
  /** Which values of a request's variables the plan of this operation depends on; undefined for most operations. */
  conditionsOf(facts: Facts, document: DocumentNode, operationName?: string): ReadConditions | undefined;
  /** @throws {AppError} when the operation cannot be planned truthfully. */
  prepare(facts: Facts, input: OperationInput): PreparedOperation<Operation>;
};

/** The values of conditions by the names of their variables. */
export type ConditionValues = Readonly<Record<string, boolean>>;

export type ReadConditions = (variables: Readonly<Record<string, unknown>>) => ConditionValues;

export type OperationInput = {
  /** The client's own; it shapes the answer. */
  readonly document: DocumentNode;
  /** What is to be planned in place of the client's document, of which it is a part. */
  readonly documentToPlan: DocumentNode;
  readonly operationName: string | undefined;
  /** What `conditionsOf` said of the request's variables. */
  readonly conditionValues: ConditionValues | undefined;
};

export type PreparedOperation<Operation> = {
  /** Asks for the same as the document to plan, in words that the planner does not mistake. */
  readonly documentToPlan: DocumentNode;
  /** @throws {AppError} when the plan holds what the engine does not know. */
  compile(plan: unknown): Operation;
};
