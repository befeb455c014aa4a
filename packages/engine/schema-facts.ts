import { isAbstractType, isInterfaceType, type GraphQLSchema } from 'graphql';
import { mergeBy, type Merge } from './plan/merge.ts';
import { addedNamesOf, type AddedNames } from './planning/added-names.ts';
import { entityKeysOf, type EntityKeys } from './planning/entity-keys.ts';
import { requirementsOf, type Requirements } from './planning/requirements.ts';

/** What is true of one supergraph, whatever the operation. Immutable; made once per generation. */
export type SchemaFacts = {
  /** The schema that clients see: responses are shaped by it. */
  readonly api: GraphQLSchema;
  /** Whether `... on condition` applies to an object whose `__typename` is `typeName`, in the full supergraph. */
  readonly applies: (condition: string, typeName: unknown) => boolean;
  readonly merge: Merge;
  readonly addedNames: AddedNames;
  readonly requirements: Requirements;
  readonly entityKeys: EntityKeys;
};

/**
 * Type facts of one supergraph.
 *
 * @param schemas.supergraph the full schema, with the `@join__` directives on its syntax nodes; it may know types that
 *   clients must not see.
 */
export const schemaFacts = (schemas: {
  readonly supergraph: GraphQLSchema;
  readonly api: GraphQLSchema;
}): SchemaFacts => {
  const { supergraph, api } = schemas;
  const members = membersOf(supergraph);
  return {
    api,
    applies: (condition, typeName) =>
      condition === typeName || (members.get(condition)?.has(typeName) ?? false),
    merge: mergeBy((typeName) => members.has(typeName)),
    addedNames: addedNamesOf(supergraph),
    requirements: requirementsOf(supergraph),
    entityKeys: entityKeysOf(supergraph),
  };
};

/** For each abstract type the names of its object types, and of the interfaces that implement it. */
const membersOf = (schema: GraphQLSchema): ReadonlyMap<string, ReadonlySet<unknown>> =>
  new Map(
    Object.values(schema.getTypeMap())
      .filter(isAbstractType)
      .map((type) => {
        const interfaces = isInterfaceType(type) ? schema.getImplementations(type).interfaces : [];
        return [
          type.name,
          new Set([...schema.getPossibleTypes(type), ...interfaces].map(({ name }) => name)),
        ];
      }),
  );
