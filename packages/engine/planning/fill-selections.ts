import {
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type SelectionNode,
} from 'graphql';

/**
 * Removes what literal conditions exclude: the planner would ask for what is required by a field that nobody gets.
 *
 * Adds `__typename` wherever it is not plain that something of an object is selected: conditions may exclude all of it,
 * or fragments may be of other types. The planner leaves such a field out, although its answer is `{}` and not null.
 */
export const fillSelections = (document: DocumentNode): DocumentNode =>
  visit(document, {
    InlineFragment: { enter: dropExcluded },
    FragmentSpread: { enter: dropExcluded },
    SelectionSet: {
      leave: (set) => (set.selections.length === 0 ? { ...set, selections: [typeName] } : undefined),
    },
    Field: {
      enter: dropExcluded,
      leave: (field: FieldNode) => {
        const { selectionSet } = field;
        if (selectionSet === undefined || selectionSet.selections.some(isPlainField)) return undefined;
        const selections = [...selectionSet.selections, typeName];
        return { ...field, selectionSet: { ...selectionSet, selections } };
      },
    },
  });

const dropExcluded = ({ directives = [] }: SelectionNode): null | undefined =>
  isExcluded(directives) ? null : undefined;

const isExcluded = (directives: readonly DirectiveNode[]): boolean =>
  directives.some(({ name, arguments: given = [] }) => {
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind !== Kind.BOOLEAN) return false;
    return name.value === 'skip' ? value.value : name.value === 'include' && !value.value;
  });

const isPlainField = ({ kind, directives }: SelectionNode): boolean =>
  kind === Kind.FIELD && (directives ?? []).length === 0;

const typeName: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
