import { Kind, isObjectType, isInterfaceType, type GraphQLSchema } from 'graphql';
import { directivesOf, parseFieldSet, textArgument } from './added-names.ts';

/**
 * The keys by which a subgraph knows entities of a type, each as the names of its fields; those of an interface object
 * are keys of every implementation.
 */
export type EntityKeys = (service: string, typeName: string) => readonly (readonly string[])[];

/** Reads them from the `@join__type` directives of a supergraph. */
export const entityKeysOf = (supergraph: GraphQLSchema): EntityKeys => {
  const keys = new Map<string, (readonly string[])[]>();
  const services = servicesOf(supergraph);
  for (const type of Object.values(supergraph.getTypeMap())) {
    for (const directive of directivesOf([type.astNode, ...type.extensionASTNodes], 'join__type')) {
      const text = textArgument(directive, 'key');
      const graph = directive.arguments?.find(({ name }) => name.value === 'graph')?.value;
      if (text === undefined || graph?.kind !== Kind.ENUM) continue;
      const coordinate = `${services.get(graph.value) ?? ''} ${type.name}`;
      keys.set(coordinate, [...(keys.get(coordinate) ?? []), fieldNames(text)]);
    }
  }
  return (service, typeName) => {
    const type = supergraph.getType(typeName);
    const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
    return [typeName, ...interfaces.map(({ name }) => name)].flatMap(
      (name) => keys.get(`${service} ${name}`) ?? [],
    );
  };
};

const fieldNames = (text: string): readonly string[] =>
  parseFieldSet(text).selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );

/** The names of subgraphs by the values that stand for them in directives. */
export const servicesOf = (supergraph: GraphQLSchema): ReadonlyMap<string, string> => {
  const graphs = supergraph.getType('join__Graph');
  const values = graphs !== undefined && 'getValues' in graphs ? graphs.getValues() : [];
  return new Map(
    values.map(({ name, astNode }) => {
      const [directive] = directivesOf([astNode], 'join__graph');
      return [name, (directive && textArgument(directive, 'name')) ?? name];
    }),
  );
};
