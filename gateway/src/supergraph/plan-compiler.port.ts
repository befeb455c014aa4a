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
  /** @throws {AppError} when the operation cannot be planned truthfully. */
  prepare(facts: Facts, document: DocumentNode, operationName?: string): PreparedOperation<Operation>;
};

export type PreparedOperation<Operation> = {
  /** Asks for the same as the client's document, in words that the planner does not mistake. */
  readonly documentToPlan: DocumentNode;
  /** @throws {AppError} when the plan holds what the engine does not know. */
  compile(plan: unknown): Operation;
};
