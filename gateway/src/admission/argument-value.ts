import { Kind, valueFromASTUntyped, type OperationDefinitionNode, type ValueNode } from 'graphql';
import type { Variables } from './cost-sum.ts';

/** Says whether a variable stands anywhere in the value. Recurses as deep as the value. */
export const needsVariables = (node: ValueNode): boolean => {
  if (node.kind === Kind.LIST) return node.values.some(needsVariables);
  if (node.kind === Kind.OBJECT) return node.fields.some(({ value }) => needsVariables(value));
  return node.kind === Kind.VARIABLE;
};

/** The request's variables, with the operation's defaults for those that are absent. */
export const withDefaults = (operation: OperationDefinitionNode): ((variables: Variables) => Variables) => {
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  if (defaults.length === 0) return (variables) => variables;
  const byName = Object.fromEntries(defaults);
  return (variables) => ({ ...byName, ...variables });
};

/** The value at `path` inside plain data; undefined where there is none. */
export const valueAt = (value: unknown, path: readonly string[]): unknown => {
  let inner = value;
  for (const name of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return undefined;
    inner = (inner as Readonly<Record<string, unknown>>)[name];
  }
  return inner;
};
