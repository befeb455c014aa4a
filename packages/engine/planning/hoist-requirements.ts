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
 * fragment of some of its types, and for other such fields elsewhere.
 *
 * When an interface object has these fields the planner joins them into one fetch that then requires it of all objects:
 * those of other types do not have what is required, and would lose the fields that need nothing.
 *
 * What clients cannot see cannot be asked for in their name, and is left as it is.
 */
export const hoistRequirements = (
  { api, requirements }: SchemaFacts,
  document: DocumentNode,
): DocumentNode => {
  const { ofInterfaceObjects } = requirements;
  if (ofInterfaceObjects.size === 0) return document;
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
          const asked = fieldsOf({ api, fragments }, selectionSet, type).flatMap(({ parent, name }) =>
            interfacesOf(parent).flatMap((owner) => {
              const required = ofInterfaceObjects.get(`${owner.name}.${name}`);
              return required === undefined ? [] : [{ parent, owner, name, required }];
            }),
          );
          const hoisted = asked
            .filter((each) => asked.some((other) => other.parent !== each.parent && other.name !== each.name))
            .flatMap(({ owner, required }) =>
              required
                .filter((each) => isVisible(api, each, owner))
                .map((each) => fragmentOn(owner.name, each)),
            );
          if (hoisted.length === 0) return undefined;
          const selections = [...selectionSet.selections, ...hoisted];
          return { ...field, selectionSet: { ...selectionSet, selections } };
        },
      },
    }),
  );
};

type Asked = { readonly parent: GraphQLNamedType; readonly name: string };
type Scope = {
  readonly api: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};

/** The fields of one object, with the types of the fragments they stand in. */
const fieldsOf = (scope: Scope, set: SelectionSetNode, parent: GraphQLNamedType): readonly Asked[] =>
  set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ parent, name: selection.name.value }];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments.get(selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    const type = condition === undefined ? parent : scope.api.getType(condition);
    return fragment === undefined || type === undefined ? [] : fieldsOf(scope, fragment.selectionSet, type);
  });

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
