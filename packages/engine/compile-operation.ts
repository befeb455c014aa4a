import type { DocumentNode, GraphQLObjectType } from 'graphql';
import { engineErrors } from './engine.errors.ts';
import { compileIntrospection, type Introspect } from './introspection.ts';
import { compileVariableCheck, conditionsOf, type ReadVariables } from './operation-variables.ts';
import { compilePlan } from './plan/compile-plan.ts';
import { compileEventSource, type EventSource } from './plan/event-source.ts';
import type { Run } from './plan/execution.ts';
import type { QueryPlan } from './plan/plan-json.ts';
import { readPlan } from './plan/read-plan.ts';
import { deferLabelsOf, type DeferLabels } from './planning/defer-labels.ts';
import { selectsData } from './planning/selects-data.ts';
import { dataKeyOf, type Restore } from './planning/restore.ts';
import { refuseUncarriedRequires } from './planning/uncarried-requires.ts';
import type { SchemaFacts } from './schema-facts.ts';
import { selectOperation, type SelectedOperation } from './select-operation.ts';
import { compileWriter, type WriteResponse } from './shape/response-writer.ts';

/** What the stock planner produced, as JSON. */
export type PlanJson = unknown;

/** An operation ready to be run any number of times, also at the same time. */
export type CompiledOperation = {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly facts: SchemaFacts;
  readonly restore: Restore | undefined;
  readonly readVariables: ReadVariables;
  /** Undefined when nothing has to be fetched; of a subscription, what follows on an event. */
  readonly run: Run | undefined;
  /** Where the events of a subscription come from. */
  readonly source: EventSource | undefined;
  readonly introspect: Introspect | undefined;
  /** Whether parts of it may be deferred, by a condition at least. */
  readonly isIncremental: boolean;
  readonly deferLabels: DeferLabels;
  /** The writer of the response, given the values of conditions and what becomes of deferred parts. */
  readonly writerFor: (isTrue: (variable: string) => boolean, deferred: 'at once' | 'later') => WriteResponse;
};

/**
 * Compiles a plan and the writer of its response.
 *
 * @param input.document the client's own document, valid against the API schema; `input.restore` is what
 *   `preparePlanning` said of it, and `input.plan` the plan of what it said to plan. With `preparePart`, `input.part` is
 *   what was planned: the rest of the document is answered null.
 * @throws {AppError} `PLAN_UNSUPPORTED` for a kind of node, rewrite or path that is not known; `PLAN_EMPTY` for an
 *   empty plan of an operation that selects real fields; `PLAN_REQUIREMENT_MISSING` for a plan that asks a subgraph for a
 *   field without what it requires; `OPERATION_UNKNOWN`.
 */
export const compileOperation = (
  facts: SchemaFacts,
  input: {
    readonly plan: PlanJson;
    readonly document: DocumentNode;
    readonly part?: DocumentNode | undefined;
    readonly operationName?: string | undefined;
    readonly restore?: Restore | undefined;
  },
): CompiledOperation => {
  const selected = selectOperation(input.document, input.operationName);
  const conditions = conditionsOf(selected);
  const deferLabels = deferLabelsOf(input.document);
  const plan = readPlan(input.plan);
  refuseUncarriedRequires(facts, plan);
  const { run, source } = compileRun(facts, plan);
  const isEmpty = run === undefined && source === undefined;
  const planned = input.part === undefined ? selected : selectOperation(input.part, input.operationName);
  if (isEmpty && selectsData(planned, input.restore?.conditionValues)) throw engineErrors.PLAN_EMPTY();
  return {
    kind: selected.operation.operation,
    facts,
    restore: input.restore,
    readVariables: compileVariableCheck(facts.api, selected, conditions),
    run,
    source,
    introspect: compileIntrospection(facts.api, selected),
    isIncremental: deferLabels.size > 0,
    deferLabels,
    writerFor: writersOf(facts, selected, conditions, { restore: input.restore, deferLabels }),
  };
};

const compileRun = (facts: SchemaFacts, { node }: QueryPlan): Pick<CompiledOperation, 'run' | 'source'> => {
  if (node?.kind !== 'Subscription') return { run: node && compilePlan(node, facts), source: undefined };
  return { run: node.rest && compilePlan(node.rest, facts), source: compileEventSource(node.primary, facts) };
};

/** Writers kept per operation: one for each combination of conditions that occurred lately. */
const writersMax = 64;

const writersOf = (
  { api }: SchemaFacts,
  { operation, fragments }: SelectedOperation,
  conditions: readonly string[],
  names: { readonly restore: Restore | undefined; readonly deferLabels: DeferLabels },
): CompiledOperation['writerFor'] => {
  const rootType = api.getRootType(operation.operation) as GraphQLObjectType;
  const writers = new Map<string, WriteResponse>();
  return (isTrue, deferred) => {
    const key = conditions.map((name) => (isTrue(name) ? '1' : '0')).join('') + deferred;
    const known = writers.get(key);
    if (known !== undefined) return known;
    const holding = new Set(conditions.filter(isTrue));
    const shaping = {
      schema: api,
      fragments,
      isTrue: (name: string) => holding.has(name),
      deferLabels: deferred === 'later' ? names.deferLabels : undefined,
      dataKeyOf: (responseKey: string) => dataKeyOf(names.restore, responseKey),
    };
    const writer = compileWriter(shaping, rootType, [operation.selectionSet]);
    const [oldest] = writers.keys();
    if (writers.size >= writersMax && oldest !== undefined) writers.delete(oldest);
    writers.set(key, writer);
    return writer;
  };
};
