import {
  getNamedType,
  isInputObjectType,
  valueFromASTUntyped,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedInputType,
  type GraphQLSchema,
} from 'graphql';
import { needsVariables } from './argument-value.ts';
import { constant, sumOf, type Cost, type Variables } from './cost-sum.ts';
import type { CostTable } from './cost-table.ts';
import { typeWeight } from './cost-weights.ts';
import { addUpTo } from './operation-limits.ts';

type Call = {
  readonly schema: GraphQLSchema;
  readonly table: CostTable;
  readonly node: FieldNode;
  readonly field: GraphQLField<unknown, unknown>;
  readonly coordinate: string;
};

/** What the arguments that are given cost: each input object 1, or what `@cost` says, with every field that is given. */
export const argumentsCost = ({ schema, table, node, field, coordinate }: Call): Cost => {
  if (node.arguments === undefined || node.arguments.length === 0) return constant(0);
  const parts: Cost[] = [];
  for (const { name, value } of node.arguments) {
    const argument = field.args.find((each) => each.name === name.value);
    if (argument === undefined) continue;
    const type = getNamedType(argument.type);
    const weight = table.weights.get(`${coordinate}(${name.value}:)`);
    // Most arguments: plain values without a weight.
    if (!isInputObjectType(type) && (weight ?? typeWeight(schema, table, type)) === 0) continue;
    const costOf = (variables: Variables): number =>
      inputCost(valueFromASTUntyped(value, variables), type, weight, schema, table);
    parts.push(needsVariables(value) ? { fixed: 0, varying: [costOf] } : constant(costOf({})));
  }
  return sumOf(parts);
};

/** Recurses as deep as the value, which is bounded by then. */
const inputCost = (
  value: unknown,
  type: GraphQLNamedInputType,
  weight: number | undefined,
  schema: GraphQLSchema,
  table: CostTable,
): number => {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, each) => addUpTo(sum, inputCost(each, type, weight, schema, table)), 0);
  }
  let sum = weight ?? typeWeight(schema, table, type);
  if (!isInputObjectType(type) || typeof value !== 'object') return sum;
  const fields = type.getFields();
  for (const [name, inner] of Object.entries(value)) {
    const field = fields[name];
    if (field === undefined) continue;
    const own = table.weights.get(`${type.name}.${name}`);
    sum = addUpTo(sum, inputCost(inner, getNamedType(field.type), own, schema, table));
  }
  return sum;
};
