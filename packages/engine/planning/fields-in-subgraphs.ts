import { Kind, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import { directivesOf, parseFieldSet, textArgument } from './added-names.ts';
import { servicesOf } from './entity-keys.ts';

/** What a subgraph says of a field that it names. */
export type FieldInSubgraph = {
  /** It names the field and does not resolve it. */
  readonly isExternal: boolean;
  readonly requires: SelectionSetNode | undefined;
  readonly provides: SelectionSetNode | undefined;
};

/** Undefined where a subgraph says nothing special. */
export type FieldInSubgraphs = (
  service: string,
  typeName: string,
  field: string,
) => FieldInSubgraph | undefined;

/** Reads it from the `@join__field` directives of a supergraph. */
export const fieldInSubgraphsOf = (supergraph: GraphQLSchema): FieldInSubgraphs => {
  const services = servicesOf(supergraph);
  const found = new Map<string, FieldInSubgraph>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    for (const { name, astNode } of 'getFields' in type ? Object.values(type.getFields()) : []) {
      for (const directive of directivesOf([astNode], 'join__field')) {
        const graph = directive.arguments?.find((argument) => argument.name.value === 'graph')?.value;
        if (graph?.kind !== Kind.ENUM) continue;
        const external = directive.arguments?.find((argument) => argument.name.value === 'external')?.value;
        const fieldSet = (argument: string): SelectionSetNode | undefined => {
          const text = textArgument(directive, argument);
          return text === undefined ? undefined : parseFieldSet(text);
        };
        found.set(`${services.get(graph.value) ?? ''} ${type.name}.${name}`, {
          isExternal: external?.kind === Kind.BOOLEAN && external.value,
          requires: fieldSet('requires'),
          provides: fieldSet('provides'),
        });
      }
    }
  }
  return (service, typeName, field) => found.get(`${service} ${typeName}.${field}`);
};
