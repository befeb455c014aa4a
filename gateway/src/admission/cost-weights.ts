import {
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { CostTable } from './cost-table.ts';

/** The field as the schema defines it; undefined for unknown ones and for `__typename`, `__schema` and `__type`. */
export const fieldOf = (
  parent: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined => (isUnionType(parent) ? undefined : parent.getFields()[name]);

/** What `@cost` says about a field; of an interface's field, the most that it says about any implementation's. */
export const fieldWeight = (
  schema: GraphQLSchema,
  { weights }: CostTable,
  parent: GraphQLCompositeType,
  name: string,
): number | undefined => {
  const own = weights.get(`${parent.name}.${name}`);
  if (own !== undefined || !isInterfaceType(parent) || weights.size === 0) return own;
  const all = schema.getPossibleTypes(parent).map((type) => weights.get(`${type.name}.${name}`));
  const given = all.filter((weight) => weight !== undefined);
  return given.length > 0 ? Math.max(...given) : undefined;
};

/** What a value of the type costs: 1 for objects, 0 for scalars and enums, or what `@cost` says; the most of any possible type. */
export const typeWeight = (schema: GraphQLSchema, { weights }: CostTable, type: GraphQLNamedType): number => {
  const own = weights.get(type.name);
  if (own !== undefined) return own;
  if (!isCompositeType(type)) return isInputObjectType(type) ? 1 : 0;
  if (!isAbstractType(type) || weights.size === 0) return 1;
  const possible = schema.getPossibleTypes(type).map(({ name }) => weights.get(name) ?? 1);
  return possible.length > 0 ? Math.max(...possible) : 1;
};
