import { buildSubgraphSchema } from '@apollo/subgraph';
import { isInterfaceType, isObjectType, parse, type GraphQLSchema } from 'graphql';

type Given = Parameters<typeof buildSubgraphSchema>[0];
type ResolverMap = Given extends infer One ? (One extends { resolvers?: infer Map } ? Map : never) : never;

/**
 * The executable schema of a subgraph.
 *
 * @throws when the text is no valid subgraph, or a resolver belongs to no type or field of it: misspelt, it would
 *   otherwise be ignored in silence.
 */
export const subgraphSchema = (typeDefs: string, resolvers: object): GraphQLSchema => {
  const schema = buildSubgraphSchema({ typeDefs: parse(typeDefs), resolvers: resolvers as ResolverMap });
  const strangers = strangersIn(schema, resolvers);
  if (strangers.length > 0)
    throw new Error(`Resolvers without a place in the schema: ${strangers.join(', ')}.`);
  return schema;
};

const strangersIn = (schema: GraphQLSchema, resolvers: object): readonly string[] =>
  Object.entries(resolvers).flatMap(([typeName, fields]: [string, unknown]) => {
    const type = schema.getType(typeName);
    if (!type) return [typeName];
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const known = type.getFields();
    return Object.keys(Object(fields) as object)
      .filter((name) => !name.startsWith('__') && !(name in known))
      .map((name) => `${typeName}.${name}`);
  });
