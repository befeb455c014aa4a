import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { AuthorizationTable } from './authorization-table.ts';
import type { Requirement } from './requirement.ts';

/** Where selections stand: the type that they are written on, and the objects that they may meet there. */
export type SelectionPlace = {
  readonly type: GraphQLCompositeType;
  readonly objects: readonly GraphQLObjectType[];
  /**
   * Everything that is demanded of who reads a field here: by the field, by its type and by its parent, and by those of every
   * object that it may meet. What introspection reads is for everybody.
   */
  readonly demandsOn: (field: string) => readonly Requirement[];
  /** The place below a field; undefined for a leaf. An object's own field may lead to fewer types than its interface's. */
  readonly below: (field: string) => SelectionPlace | undefined;
  /** The place inside a fragment on a type. Undefined for a type that the schema does not know. */
  readonly narrowed: (condition: string) => SelectionPlace | undefined;
};

/** What one supergraph demands, with all that was found out about it. */
export type AuthorizationRules = {
  readonly table: AuthorizationTable;
  /** Where an operation of this type begins; undefined when there is none. */
  readonly rootOf: (operation: Parameters<GraphQLSchema['getRootType']>[0]) => SelectionPlace | undefined;
};

/**
 * Answers are remembered: an interface of a hundred objects would otherwise cost each field of an operation a hundred steps.
 * There are as many of them as types and fields of the schema; what only nested fragments lead to is not kept.
 *
 * @param schema the API schema: what clients may ask for.
 */
export const authorizationRules = ({
  schema,
  table,
}: {
  readonly schema: GraphQLSchema;
  readonly table: AuthorizationTable;
}): AuthorizationRules => {
  const wholeOf = remembering((type: GraphQLCompositeType) => placeOf(type, objectsOf(type), remembering));
  const objectsOf = (type: GraphQLCompositeType): readonly GraphQLObjectType[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : [type];

  const placeOf = (
    type: GraphQLCompositeType,
    objects: readonly GraphQLObjectType[],
    rememberingNarrowed: typeof remembering = (find) => find,
  ): SelectionPlace => ({
    type,
    objects,
    demandsOn: remembering((field) => demandsOn(table, [type, ...objects], field)),
    below: remembering((field) => {
      const inner = typeOfField(type, field);
      if (!isCompositeType(inner)) return undefined;
      const types = new Set(objects.map((object) => typeOfField(object, field)).filter(isCompositeType));
      if (types.size === 0 || types.has(inner)) return wholeOf(inner);
      return partOf(inner, new Set([...types].flatMap(objectsOf)));
    }),
    narrowed: rememberingNarrowed((condition) => {
      const inner = schema.getType(condition);
      return isCompositeType(inner) ? partOf(inner, new Set(objects)) : undefined;
    }),
  });
  const partOf = (type: GraphQLCompositeType, among: ReadonlySet<GraphQLObjectType>): SelectionPlace => {
    const all = objectsOf(type);
    const objects = all.filter((object) => among.has(object));
    return objects.length === all.length ? wholeOf(type) : placeOf(type, objects);
  };

  return {
    table,
    rootOf: (operation) => {
      const root = schema.getRootType(operation);
      return root ? wholeOf(root) : undefined;
    },
  };
};

const demandsOn = (
  table: AuthorizationTable,
  owners: readonly GraphQLCompositeType[],
  field: string,
): readonly Requirement[] => {
  if (field.startsWith('__')) return [];
  const found = owners.flatMap((owner) => [
    ...table.ofType(owner.name),
    ...table.ofField(owner.name, field),
    ...table.ofType(typeOfField(owner, field)?.name ?? ''),
  ]);
  return [...new Map(found.map((requirement) => [requirement.key, requirement])).values()];
};

const typeOfField = (owner: GraphQLCompositeType, field: string): GraphQLNamedType | undefined => {
  const definition = isUnionType(owner) ? undefined : owner.getFields()[field];
  return definition && getNamedType(definition.type);
};

const remembering = <Key, Value>(find: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const entry = known.get(key) ?? { value: find(key) };
    known.set(key, entry);
    return entry.value;
  };
};
