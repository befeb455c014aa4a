import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { admissionErrors } from './admission.errors.ts';
import { argumentsCost } from './argument-cost.ts';
import { withDefaults } from './argument-value.ts';
import { constant, evaluate, sumOf, times, type Cost, type Size, type Variables } from './cost-sum.ts';
import type { CostTable, ListSize } from './cost-table.ts';
import { fieldOf, fieldWeight, typeWeight } from './cost-weights.ts';
import { sizeOf } from './list-length.ts';
import { fragmentsOf } from './measure-document.ts';
import { pageSizeOf } from './page-size.ts';

export type CostLimits = {
  /** The most that one operation may cost. */
  readonly cost: number;
  /** The most items that slicing arguments may ask one list for. */
  readonly listSize: number;
  /** Items of a list that the schema says nothing about. */
  readonly assumedListSize: number;
};

/**
 * Four lists inside one another pass with a few fields each, five do not, unless slicing arguments or the schema say that
 * the lists are short: 10^4 items against 10^5.
 */
export const defaultCostLimits: CostLimits = { cost: 100_000, listSize: 1_000, assumedListSize: 10 };

export type CostRules = {
  /** The API schema: what clients may ask for. */
  readonly schema: GraphQLSchema;
  readonly table: CostTable;
  readonly limits: CostLimits;
};

/** A mutation's own cost, before its fields. */
const MUTATION_COST = 10;

export type OperationCost = {
  /**
   * What this request's cost may come to at most, from 0 to `COUNT_MAX`; microseconds, in proportion to the variables
   * that matter.
   *
   * @param variables raw or coerced; defaults of the operation are applied here. Values of a wrong type count as absent.
   * @throws {AppError} `LIST_SIZE_EXCEEDED`, `LIST_SIZE_REQUIRED`, `OPERATION_COST_EXCEEDED`.
   */
  readonly hold: (variables: Variables) => number;
};

/**
 * Estimates an operation's cost before it is planned: an upper bound that looks at the operation alone, by the rules of
 * the IBM specification as Apollo's router reads them. Objects cost 1, scalars and enums 0, mutations 10 on top, input
 * objects 1, unless `@cost` says otherwise; a list costs its size times what one item costs. Introspection is free. Where
 * no `@listSize` tells a size, `first` and `last` do, as `pageSizeOf` reads them.
 *
 * `@skip`, `@include` and repeated fields are not taken off. A part that the schema does not know counts nothing.
 *
 * @param document has passed `admitDocument`: fragments are walked wherever they are used.
 * @throws {AppError} `LIST_SIZE_EXCEEDED`, `LIST_SIZE_REQUIRED` where that does not take variables to know.
 */
export const operationCost = (
  { schema, table, limits }: CostRules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationCost => {
  const walk: Walk = { schema, table, limits, fragments: fragmentsOf(document) };
  const complete = withDefaults(operation);
  const root = schema.getRootType(operation.operation);
  const base = constant(operation.operation === OperationTypeNode.MUTATION ? MUTATION_COST : 0);
  const cost = root ? sumOf([base, setCost(operation.selectionSet, root, [], walk)]) : base;
  const max = limits.cost;
  return {
    hold: (variables) => {
      const actual = evaluate(cost, complete(variables));
      if (actual > max) throw admissionErrors.OPERATION_COST_EXCEEDED({ limit: 'cost', max, actual });
      return actual;
    },
  };
};

type Walk = CostRules & { readonly fragments: ReadonlyMap<string, FragmentDefinitionNode> };

/** A list below the current field whose size a field above has told. */
type Sized = { readonly path: readonly string[]; readonly size: Size };

const setCost = (
  set: SelectionSetNode,
  parent: GraphQLCompositeType,
  sized: readonly Sized[],
  walk: Walk,
): Cost => {
  const parts: Cost[] = [];
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      parts.push(fieldCost(selection, parent, sized, walk));
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
    if (fragment === undefined) continue;
    const condition = fragment.typeCondition?.name.value;
    const type = condition === undefined ? parent : walk.schema.getType(condition);
    if (isCompositeType(type)) parts.push(setCost(fragment.selectionSet, type, sized, walk));
  }
  return sumOf(parts);
};

const fieldCost = (
  node: FieldNode,
  parent: GraphQLCompositeType,
  sized: readonly Sized[],
  walk: Walk,
): Cost => {
  const name = node.name.value;
  const field = fieldOf(parent, name);
  if (field === undefined) return constant(0);
  const { schema, table, limits } = walk;
  const coordinate = `${parent.name}.${name}`;
  const declared = table.listSizes.get(coordinate);
  const listSize = declared ?? pageSizeOf(field);
  // Only sizes that the schema declares are held to the limit: others may be something else, and cost enough as it is.
  const held = declared ? limits : { ...limits, listSize: Number.POSITIVE_INFINITY };
  const told = listSize && sizeOf({ node, field, coordinate, listSize, limits: held });
  const below = sizedBelow(name, listSize, told, sized);

  const type = getNamedType(field.type);
  const own = fieldWeight(schema, table, parent, name) ?? typeWeight(schema, table, type);
  const inner =
    node.selectionSet && isCompositeType(type) ? setCost(node.selectionSet, type, below, walk) : constant(0);
  const item = sumOf([constant(own), inner]);
  const items = isListType(getNullableType(field.type))
    ? times(lengthOf(name, listSize, told, sized, limits, field), item)
    : item;
  // The limit on its size holds also where nothing below multiplies by it.
  const limited = typeof told === 'function' ? times(told, constant(0)) : constant(0);
  return sumOf([items, limited, argumentsCost({ schema, table, node, field, coordinate })]);
};

/** The sizes that are told about lists below this field, by the field itself and by those above. */
const sizedBelow = (
  name: string,
  listSize: ListSize | undefined,
  told: Size | undefined,
  sized: readonly Sized[],
): readonly Sized[] => {
  const own = told === undefined ? [] : (listSize?.sizedFields ?? []).map((path) => ({ path, size: told }));
  const inherited = sized
    .filter(({ path }) => path.length > 1 && path[0] === name)
    .map(({ path, size }) => ({ path: path.slice(1), size }));
  return own.length + inherited.length === 0 ? [] : [...own, ...inherited];
};

/** A list inside a list multiplies: only the outer one has a size that is told. */
const lengthOf = (
  name: string,
  listSize: ListSize | undefined,
  told: Size | undefined,
  sized: readonly Sized[],
  { assumedListSize }: CostLimits,
  { type }: GraphQLField<unknown, unknown>,
): Size => {
  const outer = getNullableType(type);
  let rest = 1;
  let inner = isListType(outer) ? getNullableType(outer.ofType) : undefined;
  while (isListType(inner)) {
    rest *= assumedListSize;
    inner = getNullableType(inner.ofType);
  }
  const fromAbove = sized.find(({ path }) => path.length === 1 && path[0] === name)?.size;
  const isOwn = listSize !== undefined && listSize.sizedFields.length === 0;
  const size = (isOwn ? told : undefined) ?? fromAbove ?? assumedListSize;
  if (rest === 1) return size;
  return typeof size === 'number' ? size * rest : (variables) => size(variables) * rest;
};
