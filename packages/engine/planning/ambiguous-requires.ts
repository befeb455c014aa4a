import {
  Kind,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  print,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { engineErrors } from '../engine.errors.ts';
import type { SchemaFacts } from '../schema-facts.ts';
import type { SelectedOperation } from '../select-operation.ts';
import { dataKeyOf, type Restore } from './restore.ts';

/**
 * Refuses operations in which two fields of one object require a third with different arguments. The planner asks for
 * both under one name, the last wins, and one of the two fields is computed from the wrong value.
 *
 * Exact to the object in the response and its type; requirements of required fields are followed.
 *
 * @throws {AppError} `OPERATION_AMBIGUOUS_REQUIRES`, its field `field` naming what would have to be asked for twice.
 */
export const refuseAmbiguousRequires = (
  facts: SchemaFacts,
  { operation, fragments }: SelectedOperation,
  restore: Restore | undefined,
): void => {
  if (!facts.requirements.haveArguments) return;
  const { supergraph, requiredBy } = facts.requirements;
  const asked = new Map<string, string>();
  const followed = new Set<string>();

  const visit = (set: SelectionSetNode, typeName: string, path: string, isRequired: boolean): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        for (const owner of objectTypes(supergraph, typeName)) field(selection, owner, path, isRequired);
      } else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (fragment === undefined) continue;
        visit(fragment.selectionSet, fragment.typeCondition?.name.value ?? typeName, path, isRequired);
      }
    }
  };

  const field = (node: FieldNode, owner: string, path: string, isRequired: boolean): void => {
    const key = (node.alias ?? node.name).value;
    const coordinate = `${owner}.${node.name.value}`;
    const inner = `${path}/${isRequired ? key : dataKeyOf(restore, key)}`;
    if (isRequired) {
      const place = `${inner}:${owner}`;
      const wanted = (node.arguments ?? [])
        .map((argument) => print(argument))
        .sort()
        .join();
      if ((asked.get(place) ?? wanted) !== wanted) {
        throw engineErrors.OPERATION_AMBIGUOUS_REQUIRES({ field: coordinate });
      }
      asked.set(place, wanted);
    }
    const required = requiredBy(owner, node.name.value);
    const once = `${path}:${coordinate}`;
    if (required.length > 0 && !followed.has(once)) {
      followed.add(once);
      for (const each of required) visit(each, owner, path, true);
    }
    const type = fieldType(supergraph, owner, node.name.value);
    if (node.selectionSet && type !== undefined) visit(node.selectionSet, type, inner, isRequired);
  };

  const root = supergraph.getRootType(operation.operation);
  if (root) visit(operation.selectionSet, root.name, '', false);
};

const objectTypes = (schema: GraphQLSchema, typeName: string): readonly string[] => {
  const type = schema.getType(typeName);
  return isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [typeName];
};

const fieldType = (schema: GraphQLSchema, owner: string, name: string): string | undefined => {
  const type = schema.getType(owner);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  const inner = field && getNamedType(field.type);
  return isCompositeType(inner) ? inner.name : undefined;
};
