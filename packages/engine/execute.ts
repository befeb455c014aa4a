import type { CompiledOperation } from './compile-operation.ts';
import { engineErrors } from './engine.errors.ts';
import { refused, run, type ExecutionResult } from './execution-result.ts';
import type { Fetch } from './plan/fetch.port.ts';

export type ExecutionContext = {
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fetch: Fetch;
};

/**
 * Runs a query or a mutation. Never rejects because of what clients or subgraphs do; a failing subgraph costs its own
 * fields. Deferred parts are answered together with the rest.
 *
 * @throws {AppError} `PLAN_CONDITIONS_DIFFER`, a mistake of our caller: see `planningConditions`.
 */
export const execute = async (
  operation: CompiledOperation,
  context: ExecutionContext,
): Promise<ExecutionResult> => {
  if (operation.source !== undefined) throw engineErrors.PLAN_UNSUPPORTED({ found: 'Subscription' });
  const variables = operation.readVariables(context.variables);
  if (variables.status === 'invalid') return refused(variables);
  return await run(operation, variables, context.fetch);
};
