import type { GraphQLSchema, SelectionSetNode } from 'graphql';
import { directivesOf, parseFieldSet, textArgument } from './added-names.ts';

/** For `Type.field`, what subgraphs `@requires` for it. */
export type Requirements = ReadonlyMap<string, readonly SelectionSetNode[]>;

/** Reads them from the `@join__field` directives of a supergraph. */
export const requirementsOf = (supergraph: GraphQLSchema): Requirements => {
  const requirements = new Map<string, readonly SelectionSetNode[]>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!('getFields' in type)) continue;
    for (const { name, astNode } of Object.values(type.getFields())) {
      const texts = directivesOf([astNode], 'join__field')
        .map((directive) => textArgument(directive, 'requires'))
        .filter((text) => text !== undefined);
      if (texts.length > 0) requirements.set(`${type.name}.${name}`, texts.map(parseFieldSet));
    }
  }
  return requirements;
};
