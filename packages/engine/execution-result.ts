import type { CompiledOperation } from './compile-operation.ts';
import { engineErrors } from './engine.errors.ts';
import type { Introspect } from './introspection.ts';
import type { Variables } from './operation-variables.ts';
import type { Degraded } from './plan/degraded.ts';
import type { Execution } from './plan/execution.ts';
import { collectFailures, type EngineError, type Failures } from './plan/failures.ts';
import type { Fetch, FetchAnswer } from './plan/fetch.port.ts';
import type { JsonObject } from './plan/json-object.ts';
import { startTurns } from './plan/turns.ts';
import { clientVariable, privateVariables, restorePath, type Restore } from './planning/restore.ts';
import type { WriteResponse } from './shape/response-writer.ts';
import { textOf } from './shape/json-sink.ts';
import type { Problem, Writing } from './shape/writing.ts';

export type ExecutionResult = {
  /** The JSON text of `data`, which may be `null`; undefined when the variables were wrong and nothing was run. */
  readonly dataJson: string | undefined;
  readonly errors: readonly EngineError[];
  /** Where data had to become null although nobody reported an error: a subgraph broke its own schema. */
  readonly problems: readonly Problem[];
  /** What of `data` subgraphs said earlier and not now, by subgraph; undefined for none. */
  readonly degraded?: readonly Degraded[] | undefined;
};

export type ValidVariables = Extract<Variables, { readonly status: 'valid' }>;

/**
 * A new execution, nothing fetched yet.
 *
 * @param onBroken told when the execution cannot go on because of a mistake of ours; it ends in no other way then.
 * @throws {AppError} `PLAN_CONDITIONS_DIFFER` when the operation was planned for other values of its conditions.
 */
export const begin = (
  operation: CompiledOperation,
  variables: ValidVariables,
  fetch: Fetch,
  onBroken: (cause: unknown) => void,
): Execution => {
  refuseOtherConditions(operation, variables);
  const { given, isTrue } = variables;
  const { restore } = operation;
  return {
    root: {},
    variables: privateVariables(restore, given),
    isTrue: restore === undefined ? isTrue : (name) => isTrue(clientVariable(restore, name)),
    turns: startTurns(fetch, onBroken),
    parts: undefined,
    fetched: undefined,
    openBatches: new Map(),
    failures: collectFailures(),
    shared: new Set(),
    visits: new Map(),
    progress: { structure: 0 },
  };
};

/** Runs the plan of an operation to its end. */
export const run = (
  operation: CompiledOperation,
  variables: ValidVariables,
  fetch: Fetch,
  event?: FetchAnswer,
): Promise<ExecutionResult> =>
  new Promise((resolve, reject) => {
    const execution = begin(operation, variables, fetch, reject);
    const cursor = { path: [], items: [execution.root] };
    const end = () => resolve(finish(operation, variables, execution));
    execution.turns.take(() => {
      if (event !== undefined) operation.source?.takeIn(execution, cursor, event);
      if (operation.run === undefined) end();
      else operation.run(execution, cursor, end);
    });
  });

/** Writes what was fetched. */
const finish = (
  { introspect, writerFor, restore }: CompiledOperation,
  { given, isTrue }: ValidVariables,
  { root, failures, shared }: Execution,
): ExecutionResult => {
  const introspected = introspect?.(given);
  const write = writerFor(isTrue, 'at once');
  const introspection = introspected?.fields;
  let problemCount = 0;
  const dataJson = textOf((sink) => {
    const again = shared.size > 0 ? writtenAgain(shared) : undefined;
    const writing: Writing = { sink, introspection, problemCount: 0, again, search: undefined };
    write(root, writing);
    ({ problemCount } = writing);
  });
  const errors = errorsFor({ restore }, failures, introspected);
  const problems = problemCount > 0 && errors.length === 0 ? findProblems(write, root, introspection) : [];
  return { dataJson, errors, problems, degraded: degradedFor({ restore }, failures.degraded) };
};

const writtenAgain = (shared: ReadonlySet<JsonObject>): NonNullable<Writing['again']> => {
  const again: NonNullable<Writing['again']> = new Map();
  for (const object of shared) again.set(object, undefined);
  return again;
};

/** The result of an operation that was not run. */
export const refused = ({ errors }: Extract<Variables, { readonly status: 'invalid' }>): ExecutionResult => ({
  dataJson: undefined,
  errors,
  problems: [],
});

/** Everything that went wrong, as the client sees it. */
export const errorsFor = (
  { restore }: Pick<CompiledOperation, 'restore'>,
  { errors }: Failures,
  introspected: ReturnType<Introspect> | undefined,
): readonly EngineError[] => [
  ...errors.map((error) => restored(error, restore)),
  ...(introspected?.errors ?? []),
];

export const restored = (error: EngineError, restore: Restore | undefined): EngineError =>
  error.path === undefined ? error : { ...error, path: restorePath(restore, error.path) };

/** The same for what is told from memory. */
export const degradedFor = (
  { restore }: Pick<CompiledOperation, 'restore'>,
  degraded: Failures['degraded'],
): ExecutionResult['degraded'] =>
  degraded?.map((each) => ({ ...each, paths: each.paths.map((path) => restorePath(restore, path)) }));

/** A second, slower walk that keeps track of where it is. */
const findProblems = (
  write: WriteResponse,
  root: JsonObject,
  introspection: Writing['introspection'],
): readonly Problem[] => {
  const search = { path: [], problems: [], deferred: [] };
  textOf((sink) => write(root, { sink, introspection, problemCount: 0, again: undefined, search }));
  return search.problems;
};

/** @throws {AppError} `PLAN_CONDITIONS_DIFFER` */
export const refuseOtherConditions = ({ restore }: CompiledOperation, { isTrue }: ValidVariables): void => {
  for (const [name, value] of Object.entries(restore?.conditionValues ?? {})) {
    if (isTrue(name) !== value) throw engineErrors.PLAN_CONDITIONS_DIFFER();
  }
};
