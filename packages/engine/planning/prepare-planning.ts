import { Kind, visit, type DocumentNode, type FieldNode } from 'graphql';
import { isInherited } from '../plan/json-object.ts';
import type { SchemaFacts } from '../schema-facts.ts';
import { selectOperation } from '../select-operation.ts';
import type { AddedNames } from './added-names.ts';
import { refuseAmbiguousRequires } from './ambiguous-requires.ts';
import { deferLabelsOf, withDeferLabels } from './defer-labels.ts';
import { fillSelections } from './fill-selections.ts';
import { hoistRequirements } from './hoist-requirements.ts';
import { decideConditions, type ConditionValues } from './planning-conditions.ts';
import { dataKeyOf, type Restore } from './restore.ts';

/** What to plan instead of the client's document, and how to get back. */
export type PlanningInput = {
  readonly documentToPlan: DocumentNode;
  /** Undefined when no name was replaced and no condition decided. To be given to `compileOperation`. */
  readonly restore: Restore | undefined;
};

/**
 * Keeps the client's names and the planner's apart. The planner adds fields of its own (keys, what is required) under
 * their plain names; a client's `name: id` beside them would be sent to a subgraph as the trusted `name`. Where they
 * could meet, the client's response keys and variables become private for planning.
 *
 * @param document valid against the API schema.
 * @param conditionValues what `planningConditions` said of this request's variables, if anything.
 * @throws {AppError} `OPERATION_UNKNOWN`; `OPERATION_AMBIGUOUS_REQUIRES` when the planner would have to ask for one
 *   field twice with different arguments under the same name.
 */
export const preparePlanning = (
  facts: SchemaFacts,
  document: DocumentNode,
  operationName?: string,
  conditionValues?: ConditionValues,
): PlanningInput => {
  const restore = restoreFor(facts.addedNames, document, conditionValues, mayMeet);
  return prepare(facts, { document, part: document, operationName, conditionValues }, restore);
};

/**
 * The same for a document of which only a part may be answered. What is left out stays out: where the planner adds it on
 * its own, as a key or a requirement, its data stands under a name that the response is not made from. So every key of
 * the client that the planner might use is private here.
 *
 * @param input.document the client's own, to be given to `compileOperation` with `part` beside it.
 * @param input.part the document with selections left out; valid too.
 * @throws {AppError} as `preparePlanning`.
 */
export const preparePart = (facts: SchemaFacts, input: Planned): PlanningInput => {
  const isPrivate: typeof mayMeet = (added, key, field) => added.has(key) || mayMeet(added, key, field);
  return prepare(
    facts,
    input,
    restoreFor(facts.addedNames, input.document, input.conditionValues, isPrivate),
  );
};

type Planned = {
  readonly document: DocumentNode;
  readonly part: DocumentNode;
  readonly operationName?: string | undefined;
  readonly conditionValues?: ConditionValues | undefined;
};

const prepare = (
  facts: SchemaFacts,
  { document, part, operationName, conditionValues }: Planned,
  restore: Restore | undefined,
): PlanningInput => {
  refuseAmbiguousRequires(facts, selectOperation(part, operationName), restore);
  const labelled = withDeferLabels(part, deferLabelsOf(document));
  const decided = conditionValues === undefined ? labelled : decideConditions(labelled, conditionValues);
  const named = restore === undefined ? decided : withPrivateNames(decided, restore);
  return { documentToPlan: hoistRequirements(facts, fillSelections(facts, named)), restore };
};

const restoreFor = (
  added: AddedNames,
  document: DocumentNode,
  conditionValues: ConditionValues | undefined,
  isPrivate: typeof mayMeet,
): Restore | undefined => {
  const names: string[] = [];
  const keys = new Set<string>();
  const variables = new Set<string>();
  visit(document, {
    Field: (field) => {
      const key = responseKeyOf(field);
      names.push(key);
      if (isPrivate(added, key, field)) keys.add(key);
    },
    VariableDefinition: ({ variable }) => {
      names.push(variable.name.value);
      if (isPlannersVariable(variable.name.value)) variables.add(variable.name.value);
    },
  });
  if (keys.size === 0 && variables.size === 0 && conditionValues === undefined) return undefined;
  return { prefix: unusedPrefix([...names, ...added.all]), keys, variables, conditionValues };
};

/** The planner may use this key for a field that is not the client's. */
const mayMeet = (added: AddedNames, key: string, { name, arguments: given = [] }: FieldNode): boolean => {
  const isPlain = key === name.value && given.length === 0;
  if (added.has(key)) return !isPlain || added.hasArguments(key);
  if (key === '__typename') return !isPlain;
  return isInherited(key) || plannersAlias.test(key);
};

/** The planner names fields like this whose types cannot be merged: `x__alias_0`. */
const plannersAlias = /__alias_\d+$/;

const isPlannersVariable = (name: string): boolean =>
  name === 'representations' || name.startsWith('contextualArgument_');

const unusedPrefix = (names: readonly string[]): string => {
  let prefix = 'own_';
  for (let count = 1; names.some((name) => name.startsWith(prefix)); count += 1) prefix = `own${count}_`;
  return prefix;
};

const withPrivateNames = (document: DocumentNode, restore: Restore): DocumentNode =>
  visit(document, {
    Field: (field) => {
      const key = responseKeyOf(field);
      const dataKey = dataKeyOf(restore, key);
      return dataKey === key ? undefined : { ...field, alias: { kind: Kind.NAME, value: dataKey } };
    },
    Variable: (variable) => {
      const name = variable.name.value;
      if (!restore.variables.has(name)) return undefined;
      return { ...variable, name: { kind: Kind.NAME, value: restore.prefix + name } };
    },
  });

const responseKeyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;
