import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { AuthorizationTable } from './authorization-table.ts';
import type { Requirement } from './requirement.ts';

export type AuthorizationRules = {
  /** The API schema: what clients may ask for. */
  readonly schema: GraphQLSchema;
  readonly table: AuthorizationTable;
};

/** Where selections stand: the type that they are written on, and the objects that they may meet there. */
export type SelectionPlace = {
  readonly type: GraphQLCompositeType;
  readonly objects: readonly GraphQLObjectType[];
};

export const placeOf = ({ schema }: AuthorizationRules, type: GraphQLCompositeType): SelectionPlace => ({
  type,
  objects: isAbstractType(type) ? schema.getPossibleTypes(type) : [type],
});

/** The place inside a fragment. Undefined for a type that the schema does not know. */
export const narrowed = (
  { schema }: AuthorizationRules,
  place: SelectionPlace,
  condition: string | undefined,
): SelectionPlace | undefined => {
  if (condition === undefined || condition === place.type.name) return place;
  const type = schema.getType(condition);
  if (!isCompositeType(type)) return undefined;
  if (isObjectType(type)) return { type, objects: place.objects.filter((object) => object === type) };
  return { type, objects: place.objects.filter((object) => schema.isSubType(type, object)) };
};

/** The place below a field; undefined for a leaf. An object's own field may lead to fewer types than its interface's. */
export const below = (
  rules: AuthorizationRules,
  place: SelectionPlace,
  field: string,
): SelectionPlace | undefined => {
  const type = typeOfField(place.type, field);
  if (!isCompositeType(type)) return undefined;
  const types = new Set<GraphQLNamedType>(
    place.objects.flatMap((object) => typeOfField(object, field) ?? []),
  );
  if (isObjectType(type) || types.size === 0 || (types.size === 1 && types.has(type))) {
    return placeOf(rules, type);
  }
  const objects = [...types].filter(isCompositeType).flatMap((each) => placeOf(rules, each).objects);
  return { type, objects: [...new Set(objects)] };
};

/**
 * Calls `found` for everything that is demanded of who reads a field in this place: by the field, by its type and by its parent,
 * and by those of every object that it may meet. What introspection reads is for everybody.
 */
export const demandsOnField = (
  { table }: AuthorizationRules,
  { type, objects }: SelectionPlace,
  field: string,
  found: (requirement: Requirement) => void,
): void => {
  if (field.startsWith('__')) return;
  const demandsOn = (owner: GraphQLCompositeType): void => {
    table.ofType(owner.name).forEach(found);
    table.ofField(owner.name, field).forEach(found);
    const inner = typeOfField(owner, field);
    if (inner !== undefined) table.ofType(inner.name).forEach(found);
  };
  demandsOn(type);
  for (const object of objects) if (object !== type) demandsOn(object);
};

const typeOfField = (owner: GraphQLCompositeType, field: string): GraphQLNamedType | undefined => {
  if (isUnionType(owner)) return undefined;
  const definition = owner.getFields()[field];
  return definition && getNamedType(definition.type);
};
