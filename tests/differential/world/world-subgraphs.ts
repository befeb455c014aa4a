import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildASTSchema,
  execute,
  isAbstractType,
  isObjectType,
  isUnionType,
  parse,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { subgraphSdl, type SubgraphSource } from '../graphs/subgraph-source.ts';
import { nothingFails, worldOf, type Fails, type Thing, type World } from './world.ts';

/** What a resolver gets: the thing, how this subgraph calls its type, and what it was told of it. */
type Source = { readonly __typename: string; readonly thing: Thing; readonly told?: object };

export type Subgraphs = ReadonlyMap<string, GraphQLSchema>;
/** The context of every execution. */
export type WorldContext = { readonly fails: Fails };

/** Executable subgraphs whose data is a world's, and the one schema that knows everything at once. */
export const worldSubgraphs = (
  sources: readonly SubgraphSource[],
  supergraphSdl: string,
  api: GraphQLSchema,
): { readonly subgraphs: Subgraphs; readonly truth: Truth; readonly world: World } => {
  const subgraphs = new Map(
    sources.map(({ name, sdl }) => [
      name,
      buildSubgraphSchema({ typeDefs: parse(subgraphSdl(sdl), { noLocation: true }) }),
    ]),
  );
  const supergraph = buildASTSchema(parse(supergraphSdl), { assumeValid: true, assumeValidSDL: true });
  const world = worldOf({ subgraphs, supergraph, api });
  for (const [name, schema] of subgraphs) attach(name, schema, world);
  return { subgraphs, truth: truthOf(api, world), world };
};

/** Answers an operation on the API schema as one graph that has all the data itself. */
export type Truth = (
  query: string,
  variables: Readonly<Record<string, unknown>>,
  fails: Fails,
) => Promise<ExecutionResult>;

const truthOf =
  (api: GraphQLSchema, world: World): Truth =>
  async (query, variableValues, fails) =>
    execute({
      schema: api,
      document: parse(query),
      variableValues,
      fieldResolver: (source: Thing | undefined, args: Readonly<Record<string, unknown>>, _, info) =>
        world.value(source ?? rootOf(info.parentType.name), info.fieldName, args, fails),
      typeResolver: (source: Thing) => source.typeName,
    });

const rootOf = (typeName: string): Thing => ({ typeName, identity: typeName });

const attach = (subgraph: string, schema: GraphQLSchema, world: World): void => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || type.name === '_Service') continue;
    if (isAbstractType(type)) {
      if (isUnionType(type) && type.name === '_Entity') continue;
      type.resolveType = (source: Source) => source.thing.typeName;
    }
    if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (!field.name.startsWith('_')) field.resolve = resolverOf(type.name, world);
      }
    }
    type.extensions = {
      ...type.extensions,
      apollo: { subgraph: { resolveReference: referenceResolver(subgraph, type.name, schema, world) } },
    };
  }
};

const resolverOf =
  (typeName: string, world: World): GraphQLFieldResolver<Source | undefined, WorldContext> =>
  (source, args: Readonly<Record<string, unknown>>, context, info) => {
    const thing = source?.thing ?? rootOf(typeName);
    const { requires } = world.factsOf(thing.typeName, info.fieldName);
    if (requires !== undefined && source?.told === undefined) {
      throw new Error(`${info.fieldName} was asked for without what it requires`);
    }
    return sourced(world.value(thing, info.fieldName, args, context.fails, source?.told));
  };

const referenceResolver =
  (subgraph: string, typeName: string, schema: GraphQLSchema, world: World) =>
  (told: object): Source | null => {
    const thing = world.find(subgraph, typeName, told);
    if (thing === undefined) return null;
    // An interface object is called by the interface's name: this subgraph knows no other.
    const name = isObjectType(schema.getType(typeName)) ? typeName : thing.typeName;
    return { __typename: name, thing, told };
  };

const sourced = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => sourced(item));
  return isThing(value) ? { __typename: value.typeName, thing: value } : value;
};

const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && 'identity' in value && 'typeName' in value;

export const noFailures: WorldContext = { fails: nothingFails };
