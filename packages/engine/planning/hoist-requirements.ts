import {
  Kind,
  TypeInfo,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionSetNode,
} from 'graphql';
import type { SchemaFacts } from '../schema-facts.ts';

/**
 * Asks of every object of an interface what a field of the interface requires, where the client asks for the field in a
 * fragment of some of its types only.
 *
 * The planner joins such a field, when an interface object has it, with the fields that the client wants of all objects, into
 * one fetch that then requires it of all of them: objects of other types do not have what is required, and would lose the
 * fields that need nothing.
 *
 * What clients cannot see cannot be asked for in their name, and is left as it is.
 */
export const hoistRequirements = (
  { api, requirements }: SchemaFacts,
  document: DocumentNode,
): DocumentNode => {
  const { onInterfaces } = requirements;
  if (onInterfaces.size === 0) return document;
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  const types = new TypeInfo(api);
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        leave: (field: FieldNode) => {
          const type = getNamedType(types.getType() ?? undefined);
          const { selectionSet } = field;
          if (selectionSet === undefined || type === undefined) return undefined;
          const found = conditionalFields({ api, fragments }, selectionSet, type);
          const hoisted = found.flatMap(({ parent, name }) =>
            interfacesOf(parent).flatMap((each) =>
              (onInterfaces.get(`${each.name}.${name}`) ?? [])
                .filter((required) => isVisible(api, required, each))
                .map((required) => fragmentOn(each.name, required)),
            ),
          );
          if (hoisted.length === 0) return undefined;
          return {
            ...field,
            selectionSet: { ...selectionSet, selections: [...selectionSet.selections, ...hoisted] },
          };
        },
      },
    }),
  );
};

type Found = { readonly parent: GraphQLNamedType; readonly name: string };
type Scope = {
  readonly api: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};

/** The fields of one object that stand in fragments of other types than its own. */
const conditionalFields = (
  scope: Scope,
  { selections }: SelectionSetNode,
  own: GraphQLNamedType,
): readonly Found[] => {
  const inside = (set: SelectionSetNode, parent: GraphQLNamedType): readonly Found[] =>
    set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD)
        return parent === own ? [] : [{ parent, name: selection.name.value }];
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      const type = condition === undefined ? parent : scope.api.getType(condition);
      return fragment === undefined || type === undefined ? [] : inside(fragment.selectionSet, type);
    });
  return inside({ kind: Kind.SELECTION_SET, selections }, own);
};

const interfacesOf = (type: GraphQLNamedType): readonly GraphQLInterfaceType[] =>
  isInterfaceType(type) ? [type, ...type.getInterfaces()] : isObjectType(type) ? type.getInterfaces() : [];

const isVisible = (api: GraphQLSchema, { selections }: SelectionSetNode, type: GraphQLNamedType): boolean =>
  selections.every((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition =
        selection.typeCondition === undefined ? type : api.getType(selection.typeCondition.name.value);
      return condition !== undefined && isVisible(api, selection.selectionSet, condition);
    }
    if (selection.name.value === '__typename') return true;
    const field =
      isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
    if (field === undefined || selection.selectionSet === undefined) return field !== undefined;
    const inner = getNamedType(field.type);
    return isCompositeType(inner) && isVisible(api, selection.selectionSet, inner);
  });

const fragmentOn = (typeName: string, selectionSet: SelectionSetNode): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } },
  selectionSet,
});
