import {
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type SelectionNode,
} from 'graphql';

/**
 * Removes what literal conditions exclude: the planner would ask for what is required by a field that nobody gets. And
 * conditions that exclude nothing: it would ask for the same once under the condition, and once without.
 *
 * Adds `__typename` wherever it is not plain that something of an object is selected: conditions may exclude all of it,
 * or fragments may be of other types. The planner leaves such a field out, although its answer is `{}` and not null.
 */
export const fillSelections = (document: DocumentNode): DocumentNode =>
  visit(document, {
    InlineFragment: { enter: decideLiterals },
    FragmentSpread: { enter: decideLiterals },
    SelectionSet: {
      leave: (set) => (set.selections.length === 0 ? { ...set, selections: [typeName] } : undefined),
    },
    Field: {
      enter: decideLiterals,
      leave: (field: FieldNode) => {
        const { selectionSet } = field;
        if (selectionSet === undefined || selectionSet.selections.some(isPlainField)) return undefined;
        const selections = [...selectionSet.selections, typeName];
        return { ...field, selectionSet: { ...selectionSet, selections } };
      },
    },
  });

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

const isPlainField = ({ kind, directives }: SelectionNode): boolean =>
  kind === Kind.FIELD && (directives ?? []).length === 0;

const typeName: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
