import type { CompiledOperation } from './compile-operation.ts';
import { engineErrors } from './engine.errors.ts';
import type { Variables } from './operation-variables.ts';
import type { Execution } from './plan/execution.ts';
import { collectFailures, type EngineError } from './plan/failures.ts';
import type { Fetch } from './plan/fetch.port.ts';
import type { JsonObject } from './plan/json-object.ts';
import { clientVariable, privateVariables, restorePath, type Restore } from './planning/restore.ts';
import type { Problem, ShapeState } from './shape/shape-state.ts';

export type ExecutionResult = {
  /** Undefined when the variables were wrong and nothing was run. */
  readonly data: unknown;
  readonly errors: readonly EngineError[];
  /** Where data had to become null although nobody reported an error: a subgraph broke its own schema. */
  readonly problems: readonly Problem[];
};

export type ValidVariables = Extract<Variables, { readonly status: 'valid' }>;

/**
 * A new execution, nothing fetched yet.
 *
 * @throws {AppError} `PLAN_CONDITIONS_DIFFER` when the operation was planned for other values of its conditions.
 */
export const begin = (operation: CompiledOperation, variables: ValidVariables, fetch: Fetch): Execution => {
  refuseOtherConditions(operation, variables);
  const { given, isTrue } = variables;
  const { restore } = operation;
  return {
    root: {},
    variables: privateVariables(restore, given),
    isTrue: restore === undefined ? isTrue : (name) => isTrue(clientVariable(restore, name)),
    fetch,
    failures: collectFailures(),
  };
};

/** Shapes what was fetched. */
export const finish = (
  { introspect, shapeFor, restore }: CompiledOperation,
  { given, isTrue }: ValidVariables,
  { root, failures }: Execution,
): ExecutionResult => {
  const introspected = introspect?.(given);
  const shape = shapeFor(isTrue);
  const state: ShapeState = { introspection: introspected?.data, problemCount: 0, search: undefined };
  const data = shape(root, state);
  const errors = [
    ...failures.errors.map((error) => restored(error, restore)),
    ...(introspected?.errors ?? []),
  ];
  const problems = state.problemCount > 0 && errors.length === 0 ? findProblems(shape, root, state) : [];
  return { data, errors, problems };
};

const restored = (error: EngineError, restore: Restore | undefined): EngineError =>
  error.path === undefined ? error : { ...error, path: restorePath(restore, error.path) };

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

const refuseOtherConditions = ({ restore }: CompiledOperation, { isTrue }: ValidVariables): void => {
  for (const [name, value] of Object.entries(restore?.conditionValues ?? {})) {
    if (isTrue(name) !== value) throw engineErrors.PLAN_CONDITIONS_DIFFER();
  }
};
