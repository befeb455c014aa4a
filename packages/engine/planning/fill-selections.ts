import {
  getNamedType,
  isInterfaceType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import type { SchemaFacts } from '../schema-facts.ts';

/**
 * Removes what literal conditions exclude: the planner would ask for what is required by a field that nobody gets. And
 * conditions that exclude nothing: it would ask for the same once under the condition, and once without.
 *
 * Adds `__typename` wherever it is not plain that something of an object is selected: conditions may exclude all of it,
 * or fragments may be of other types. The planner leaves such a field out, although its answer is `{}` and not null. Of
 * interfaces that objects stand for in some subgraph it adds a key, because their types cost a call.
 */
export const fillSelections = (facts: SchemaFacts, document: DocumentNode): DocumentNode => {
  const decided = withDecidedLiterals(document);
  const fragments = new Map(
    decided.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  const types = new TypeInfo(facts.api);
  return visit(
    decided,
    visitWithTypeInfo(types, {
      Field: {
        leave: (field: FieldNode) => {
          const type = getNamedType(types.getType() ?? undefined);
          const { selectionSet } = field;
          if (selectionSet === undefined || selectsPlainly(selectionSet.selections, type, fragments)) {
            return undefined;
          }
          const selections = [...selectionSet.selections, fillerOf(facts, type)];
          return { ...field, selectionSet: { ...selectionSet, selections } };
        },
      },
    }),
  );
};

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Whether there is a field that every object of the type is asked for. */
const selectsPlainly = (
  selections: readonly SelectionNode[],
  type: GraphQLNamedType | undefined,
  fragments: Fragments,
): boolean =>
  selections.some((selection) => {
    if ((selection.directives ?? []).length > 0) return false;
    if (selection.kind === Kind.FIELD) return true;
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return false;
    const condition = fragment.typeCondition?.name.value;
    const isMeant = condition === undefined || condition === type?.name;
    return isMeant && selectsPlainly(fragment.selectionSet.selections, type, fragments);
  });

const fillerOf = ({ requirements }: SchemaFacts, type: GraphQLNamedType | undefined): FieldNode => {
  const key = isInterfaceType(type) ? requirements.interfaceObjectKeys.get(type.name) : undefined;
  const isVisible = key !== undefined && isInterfaceType(type) && key in type.getFields();
  return fieldCalled(isVisible ? key : '__typename');
};

/** Fields may be left with nothing inside, fragments without a name are left out then. */
const withDecidedLiterals = (document: DocumentNode): DocumentNode =>
  visit(document, {
    InlineFragment: {
      enter: decideLiterals,
      leave: ({ selectionSet }) => (selectionSet.selections.length === 0 ? null : undefined),
    },
    FragmentSpread: { enter: decideLiterals },
    Field: { enter: decideLiterals },
    OperationDefinition: { leave: withSomething },
    FragmentDefinition: { leave: withSomething },
  });

const withSomething = <Node extends OperationDefinitionNode | FragmentDefinitionNode>(
  node: Node,
): Node | undefined =>
  node.selectionSet.selections.length === 0
    ? { ...node, selectionSet: { ...node.selectionSet, selections: [fieldCalled('__typename')] } }
    : undefined;

const decideLiterals = (selection: SelectionNode): SelectionNode | null | undefined => {
  const { directives = [] } = selection;
  const decided = directives.map((directive) => literalCondition(directive));
  if (decided.includes(false)) return null;
  if (!decided.includes(true)) return undefined;
  return { ...selection, directives: directives.filter((_, index) => decided[index] !== true) };
};

/** Whether a literal condition includes what it stands at; undefined for any other directive. */
const literalCondition = ({ name, arguments: given = [] }: DirectiveNode): boolean | undefined => {
  const value = given.find((argument) => argument.name.value === 'if')?.value;
  if (value?.kind !== Kind.BOOLEAN) return undefined;
  if (name.value === 'skip') return !value.value;
  return name.value === 'include' ? value.value : undefined;
};

const fieldCalled = (name: string): FieldNode => ({
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: name },
});
