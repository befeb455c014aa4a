import { Kind, visit, type DocumentNode, type ValueNode } from 'graphql';
import { conditionsOf } from '../operation-variables.ts';
import type { SchemaFacts } from '../schema-facts.ts';
import { selectOperation } from '../select-operation.ts';

/** The values of conditions, by the names of their variables. */
export type ConditionValues = Readonly<Record<string, boolean>>;

/**
 * Says on which variables the plan of an operation depends; undefined for most operations.
 *
 * The planner joins fields with requirements into one fetch and keeps the condition of one of them for all: a field
 * nobody skipped is then answered null, or computed from nothing. Where conditions meet `@requires` the operation has
 * to be planned once for each combination of their values, told to `preparePlanning`, and the plan kept under them.
 */
export const planningConditions = (
  facts: SchemaFacts,
  document: DocumentNode,
  operationName?: string,
): ((variables: Readonly<Record<string, unknown>>) => ConditionValues) | undefined => {
  const selected = selectOperation(document, operationName);
  const conditions = conditionsOf(selected);
  if (conditions.length === 0 || !mayRequire(facts, document)) return undefined;
  const defaults = new Map(
    selected.operation.variableDefinitions?.map(({ variable, defaultValue }) => [
      variable.name.value,
      isTrueLiteral(defaultValue),
    ]),
  );
  return (variables) =>
    Object.fromEntries(
      conditions.map((name) => [
        name,
        Object.hasOwn(variables, name) && variables[name] !== undefined
          ? variables[name] === true
          : defaults.get(name) === true,
      ]),
    );
};

/** The document with conditions decided: literals in place of their variables. */
export const decideConditions = (document: DocumentNode, values: ConditionValues): DocumentNode =>
  visit(document, {
    Directive: (directive) => {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return undefined;
      return {
        ...directive,
        arguments: directive.arguments?.map((argument) =>
          argument.value.kind === Kind.VARIABLE && Object.hasOwn(values, argument.value.name.value)
            ? {
                ...argument,
                value: { kind: Kind.BOOLEAN, value: values[argument.value.name.value] === true },
              }
            : argument,
        ),
      };
    },
  });

const mayRequire = (facts: SchemaFacts, document: DocumentNode): boolean => {
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      found ||= facts.requirements.fieldNames.has(name.value);
    },
  });
  return found;
};

const isTrueLiteral = (value: ValueNode | undefined): boolean => value?.kind === Kind.BOOLEAN && value.value;
