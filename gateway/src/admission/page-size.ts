import {
  getNamedType,
  getNullableType,
  GraphQLInt,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLField,
} from 'graphql';
import type { ListSize } from './cost-table.ts';

const SLICING_ARGUMENTS = ['first', 'last'];
const CONNECTION_LISTS = ['edges', 'nodes'];

/**
 * What the shape of a field says about sizes where `@listSize` says nothing: integers called `first` and `last` are how
 * many items are wanted, of the field's own list or of the `edges` and `nodes` of the connection that it returns. Their
 * default holds also when null is given.
 *
 * @returns undefined for a field that has no such argument, or nothing that it could be about.
 * @see https://relay.dev/graphql/connections.htm
 */
export const pageSizeOf = ({ args, type }: GraphQLField<unknown, unknown>): ListSize | undefined => {
  const slicing = args.filter(
    (argument) => SLICING_ARGUMENTS.includes(argument.name) && getNullableType(argument.type) === GraphQLInt,
  );
  if (slicing.length === 0) return undefined;
  const isOwn = isListType(getNullableType(type));
  const sizedFields = isOwn ? [] : connectionLists(type);
  if (!isOwn && sizedFields.length === 0) return undefined;
  const defaults = slicing.map(({ defaultValue }) => defaultValue).filter((each) => typeof each === 'number');
  return {
    assumedSize: defaults.length > 0 ? Math.max(...defaults) : undefined,
    slicingArguments: slicing.map(({ name }) => [name]),
    sizedFields,
    requireOneSlicingArgument: false,
  };
};

const connectionLists = (type: GraphQLField<unknown, unknown>['type']): readonly (readonly string[])[] => {
  const named = getNamedType(type);
  if (!isObjectType(named) && !isInterfaceType(named)) return [];
  const fields = named.getFields();
  return CONNECTION_LISTS.filter((name) => {
    const list = fields[name]?.type;
    return list !== undefined && isListType(getNullableType(list));
  }).map((name) => [name]);
};
