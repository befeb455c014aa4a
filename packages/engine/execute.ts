import type { CompiledOperation } from './compile-operation.ts';
import { engineErrors } from './engine.errors.ts';
import type { Execution } from './plan/execution.ts';
import { collectFailures, type EngineError } from './plan/failures.ts';
import type { Fetch } from './plan/fetch.port.ts';
import type { JsonObject } from './plan/json-object.ts';
import { clientVariable, privateVariables, restorePath } from './planning/restore.ts';
import type { Variables } from './operation-variables.ts';
import type { Problem, ShapeState } from './shape/shape-state.ts';

export type ExecutionContext = {
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fetch: Fetch;
};

export type ExecutionResult = {
  /** Undefined when the variables were wrong and nothing was run. */
  readonly data: unknown;
  readonly errors: readonly EngineError[];
  /** Where data had to become null although nobody reported an error: a subgraph broke its own schema. */
  readonly problems: readonly Problem[];
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
  if (variables.status === 'invalid') return { data: undefined, errors: variables.errors, problems: [] };
  refuseOtherConditions(operation, variables);
  const execution = begin(operation, variables, context.fetch);
  await operation.run?.(execution, { path: [], items: [execution.root] });
  return finish(operation, variables, execution);
};

type ValidVariables = Extract<Variables, { readonly status: 'valid' }>;

const refuseOtherConditions = ({ restore }: CompiledOperation, { isTrue }: ValidVariables): void => {
  for (const [name, value] of Object.entries(restore?.conditionValues ?? {})) {
    if (isTrue(name) !== value) throw engineErrors.PLAN_CONDITIONS_DIFFER();
  }
};

const begin = (operation: CompiledOperation, { given, isTrue }: ValidVariables, fetch: Fetch): Execution => ({
  root: {},
  variables: privateVariables(operation.restore, given),
  isTrue:
    operation.restore === undefined ? isTrue : (name) => isTrue(clientVariable(operation.restore, name)),
  fetch,
  failures: collectFailures(),
});

const finish = (
  { introspect, shapeFor, restore }: CompiledOperation,
  { given, isTrue }: ValidVariables,
  { root, failures }: Execution,
): ExecutionResult => {
  const introspected = introspect?.(given);
  const shape = shapeFor(isTrue);
  const state: ShapeState = { introspection: introspected?.data, problemCount: 0, search: undefined };
  const data = shape(root, state);
  const errors = [...failures.errors.map((error) => restored(error)), ...(introspected?.errors ?? [])];
  const problems = state.problemCount > 0 && errors.length === 0 ? findProblems(shape, root, state) : [];
  return { data, errors, problems };

  function restored(error: EngineError): EngineError {
    return error.path === undefined || restore === undefined
      ? error
      : { ...error, path: restorePath(restore, error.path) };
  }
};

/** A second, slower walk that keeps track of where it is. */
const findProblems = (
  shape: ReturnType<CompiledOperation['shapeFor']>,
  root: JsonObject,
  { introspection }: ShapeState,
): readonly Problem[] => {
  const search = { path: [], problems: [] };
  shape(root, { introspection, problemCount: 0, search });
  return search.problems;
};
