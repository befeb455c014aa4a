import { Kind, visit, type DocumentNode, type SelectionNode } from 'graphql';
import { typeNameField, type Variant } from './variant.ts';

/** Without conditions: what they exclude is left out. */
export const withDecidedConditions = (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Variant => {
  const decide = (selection: SelectionNode): SelectionNode | null =>
    isExcluded(selection, document, variables) ? null : { ...selection, directives: [] };
  const decided: DocumentNode = visit(document, {
    Field: { enter: decide },
    InlineFragment: { enter: decide },
    FragmentSpread: { enter: decide },
    SelectionSet: {
      leave: (set) =>
        set.selections.length === 0 ? { ...set, selections: [typeNameField('metaNothing')] } : undefined,
    },
  });
  const used: DocumentNode = visit(decided, {
    OperationDefinition: (operation) => ({
      ...operation,
      variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
        uses(decided, variable.name.value),
      ),
    }),
  });
  return { document: used, keyBefore: (key) => (key === 'metaNothing' ? undefined : key) };
};

/** Some fields are not asked for; where nothing else was, the type is. */
export const withoutFields = (document: DocumentNode, names: readonly string[]): DocumentNode =>
  visit(document, {
    Field: { enter: ({ name }) => (names.includes(name.value) ? null : undefined) },
    SelectionSet: {
      leave: (set) =>
        set.selections.length === 0 ? { ...set, selections: [typeNameField('metaNothing')] } : undefined,
    },
  });

const isExcluded = (
  { directives = [] }: SelectionNode,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): boolean =>
  directives.some(({ name, arguments: given = [] }) => {
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    if (value === undefined) return false;
    const isTrue =
      value.kind === Kind.VARIABLE
        ? (variables[value.name.value] ?? defaultOf(document, value.name.value)) === true
        : value.kind === Kind.BOOLEAN && value.value;
    return name.value === 'skip' ? isTrue : name.value === 'include' && !isTrue;
  });

const defaultOf = (document: DocumentNode, variable: string): boolean =>
  document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.variableDefinitions?.some(
        (each) =>
          each.variable.name.value === variable &&
          each.defaultValue?.kind === Kind.BOOLEAN &&
          each.defaultValue.value,
      ),
  );

const uses = (document: DocumentNode, variable: string): boolean => {
  let found = false;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      found ||= name.value === variable;
    },
  });
  return found;
};
