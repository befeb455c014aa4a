import { Kind, parse, type DirectiveNode, type GraphQLSchema, type SelectionSetNode } from 'graphql';

/** The response keys under which the planner itself asks for fields: of keys, requirements and contexts. */
export type AddedNames = {
  readonly all: Iterable<string>;
  readonly has: (name: string) => boolean;
  /** Whether the planner asks for it with arguments, so that even the plain field is not the same. */
  readonly hasArguments: (name: string) => boolean;
};

/** Reads them from the `@join__` directives of a supergraph. */
export const addedNamesOf = (supergraph: GraphQLSchema): AddedNames => {
  const names = new Set<string>();
  const withArguments = new Set<string>();
  const add = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        names.add(selection.name.value);
        if ((selection.arguments ?? []).length > 0) withArguments.add(selection.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) add(selection.selectionSet);
    }
  };
  for (const text of fieldSetsOf(supergraph)) add(parseFieldSet(text));
  return { all: names, has: (name) => names.has(name), hasArguments: (name) => withArguments.has(name) };
};

/** A selection set written without its braces, or with them. */
export const parseFieldSet = (text: string): SelectionSetNode => {
  const [definition] = parse(text.trim().startsWith('{') ? text : `{ ${text} }`, {
    noLocation: true,
  }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('not a field set');
  return definition.selectionSet;
};

/** Every application of a directive in a schema's types and fields. */
export const directivesOf = (
  nodes: readonly ({ readonly directives?: readonly DirectiveNode[] | undefined } | null | undefined)[],
  name: string,
): readonly DirectiveNode[] =>
  nodes.flatMap((node) => node?.directives?.filter((directive) => directive.name.value === name) ?? []);

/** The text argument `name` of a directive. */
export const textArgument = (directive: DirectiveNode, name: string): string | undefined => {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
};

const fieldSetsOf = (schema: GraphQLSchema): readonly string[] =>
  Object.values(schema.getTypeMap()).flatMap((type) => {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    const onType = directivesOf([type.astNode, ...type.extensionASTNodes], 'join__type');
    const onFields = directivesOf(
      fields.map(({ astNode }) => astNode),
      'join__field',
    );
    return [
      ...onType.map((directive) => textArgument(directive, 'key')),
      ...onFields.map((directive) => textArgument(directive, 'requires')),
      ...onFields.map((directive) => textArgument(directive, 'provides')),
      ...onFields.flatMap(contextSelections),
    ].filter((text) => text !== undefined);
  });

const contextSelections = (directive: DirectiveNode): readonly string[] => {
  const value = directive.arguments?.find(({ name }) => name.value === 'contextArguments')?.value;
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((each) =>
    each.kind === Kind.OBJECT
      ? each.fields.flatMap(({ name, value: text }) =>
          name.value === 'selection' && text.kind === Kind.STRING ? [text.value] : [],
        )
      : [],
  );
};
