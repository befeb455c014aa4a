import { Kind, parse, type TypeNode } from 'graphql';
import { readAuthorizationTable } from './authorization-table.ts';

/**
 * Finds the fields that `@authenticated`, `@requiresScopes` or `@policy` keep from some clients, themselves or by their type, and
 * that may not be null: leaving them out then costs the object that they are in, and perhaps the whole answer. An empty
 * list is a clean bill. Such a supergraph can be served; somebody should know.
 */
export const protectedFieldProblems = (supergraphSdl: string): readonly string[] => {
  const document = parse(supergraphSdl, { noLocation: true });
  const table = readAuthorizationTable(document);
  if (table.isEmpty) return [];
  return document.definitions.flatMap((definition) => {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    ) {
      return [];
    }
    const owner = definition.name.value;
    return (definition.fields ?? []).flatMap(({ name, type }) => {
      if (type.kind !== Kind.NON_NULL_TYPE) return [];
      const coordinate = `${owner}.${name.value}`;
      const inner = namedType(type);
      if (table.ofField(owner, name.value).length > 0) {
        return [`${coordinate}: it is kept from some clients, so it must be nullable.`];
      }
      if (table.ofType(inner).length === 0) return [];
      return [`${coordinate}: its type ${inner} is kept from some clients, so it must be nullable.`];
    });
  });
};

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
