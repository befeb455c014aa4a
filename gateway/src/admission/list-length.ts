import {
  getNullableType,
  isInputObjectType,
  valueFromASTUntyped,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
} from 'graphql';
import { admissionErrors } from './admission.errors.ts';
import { needsVariables, valueAt } from './argument-value.ts';
import type { Size, Variables } from './cost-sum.ts';
import type { ListSize } from './cost-table.ts';
import { COUNT_MAX } from './operation-limits.ts';

type Sizing = {
  readonly node: FieldNode;
  readonly field: GraphQLField<unknown, unknown>;
  /** `Query.users`, for refusals: a name of the schema, not of the document. */
  readonly coordinate: string;
  readonly listSize: ListSize;
  readonly limits: { readonly listSize: number; readonly assumedListSize: number };
};

/**
 * How many items a field with `@listSize` may bring: the largest of its slicing arguments, an argument's default where
 * none is given; else `assumedSize`; else the size that is assumed of every list. Numbers below 0 count as 0.
 *
 * @throws {AppError} `LIST_SIZE_REQUIRED` unless exactly one slicing argument is given, where the schema requires that;
 *   none is fine when one has a default. `LIST_SIZE_EXCEEDED`. Both with `field`, the coordinate. Thrown here when no
 *   variable is involved, otherwise by the function that is returned.
 */
export const sizeOf = (sizing: Sizing): Size => {
  const slicing = sizing.listSize.slicingArguments.map((path) => slicingArgument(path, sizing));
  if (slicing.every(({ isFixed }) => isFixed)) return sizeBy(slicing, sizing, {});
  return (variables) => sizeBy(slicing, sizing, variables);
};

type Slicing = {
  readonly isFixed: boolean;
  readonly given: (variables: Variables) => number | undefined;
  readonly byDefault: number | undefined;
};

const slicingArgument = ([name = '', ...path]: readonly string[], { node, field }: Sizing): Slicing => {
  const definition = field.args.find((each) => each.name === name);
  const value = node.arguments?.find((each) => each.name.value === name)?.value;
  const byDefault = asCount(
    value === undefined ? defaultOf(definition, path) : innerDefaultOf(definition, path),
  );
  if (value === undefined) return { isFixed: true, given: () => undefined, byDefault };
  const given = (variables: Variables) => asCount(valueAt(valueFromASTUntyped(value, variables), path));
  return { isFixed: !needsVariables(value), given, byDefault };
};

const sizeBy = (
  slicing: readonly Slicing[],
  { coordinate, listSize, limits }: Sizing,
  variables: Variables,
): number => {
  const given = slicing.map((each) => each.given(variables)).filter((count) => count !== undefined);
  const defaults = slicing.map(({ byDefault }) => byDefault).filter((count) => count !== undefined);
  const isUnclear = given.length > 1 || (given.length === 0 && defaults.length === 0);
  if (listSize.requireOneSlicingArgument && isUnclear)
    throw admissionErrors.LIST_SIZE_REQUIRED({ field: coordinate });

  const counts = given.length > 0 ? given : defaults;
  if (counts.length === 0) return listSize.assumedSize ?? limits.assumedListSize;
  const actual = Math.max(...counts);
  const max = limits.listSize;
  if (actual > max)
    throw admissionErrors.LIST_SIZE_EXCEEDED({ limit: 'listSize', max, actual, field: coordinate });
  return actual;
};

const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value)
    ? Math.min(Math.max(Math.trunc(value), 0), COUNT_MAX)
    : undefined;

/** What the schema puts in for an argument that is absent. */
const defaultOf = (argument: GraphQLArgument | undefined, path: readonly string[]): unknown =>
  argument?.defaultValue === undefined
    ? undefined
    : (valueAt(argument.defaultValue, path) ?? innerDefaultOf(argument, path));

/** What the schema puts in for a field that is absent from an input object that is there. */
const innerDefaultOf = (argument: GraphQLArgument | undefined, path: readonly string[]): unknown => {
  let type = argument && getNullableType(argument.type);
  for (const [index, name] of path.entries()) {
    const field = isInputObjectType(type) ? type.getFields()[name] : undefined;
    if (field === undefined) return undefined;
    if (field.defaultValue !== undefined) return valueAt(field.defaultValue, path.slice(index + 1));
    type = getNullableType(field.type);
  }
  return undefined;
};
