import {
  Kind,
  parse,
  print,
  TypeInfo,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
  type BooleanValueNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type VariableNode,
} from 'graphql';
import { responseKeysOf, typeNameField, withSelections, type Variant } from './variant.ts';

/** Everything stands in a fragment without a type. */
export const inAnonymousFragments = (document: DocumentNode): Variant => ({
  document: withSelections(document, (selections, set) => [
    { kind: Kind.INLINE_FRAGMENT, selectionSet: { ...set, selections } },
  ]),
});

/** Every field of an object stands in a fragment with a name. */
export const inNamedFragments = (document: DocumentNode, schema: GraphQLSchema): Variant => {
  const types = new TypeInfo(schema);
  const fragments: FragmentDefinitionNode[] = [];
  const changed: DocumentNode = visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        leave: (field: FieldNode) => {
          const type = types.getType();
          const { selectionSet } = field;
          const named = String(type).replaceAll(/[[\]!]/g, '');
          if (selectionSet === undefined) return undefined;
          const name = { kind: Kind.NAME, value: `Part${fragments.length}` } as const;
          fragments.push({
            kind: Kind.FRAGMENT_DEFINITION,
            name,
            typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: named } },
            selectionSet,
          });
          const selections = [{ kind: Kind.FRAGMENT_SPREAD, name } as const];
          return { ...field, selectionSet: { ...selectionSet, selections } };
        },
      },
    }),
  );
  return { document: { ...changed, definitions: [...changed.definitions, ...fragments] } };
};

/** Every field is asked for twice. */
export const twice = (document: DocumentNode): Variant => ({
  document: visit(document, {
    SelectionSet: {
      leave: (set) => ({
        ...set,
        selections: [...set.selections, ...set.selections.filter(({ kind }) => kind === Kind.FIELD)],
      }),
    },
  }),
});

/** Nothing is skipped, and it is said of everything. */
export const withSkipFalse = (document: DocumentNode): Variant => ({
  document: conditioned(document, condition('skip', { kind: Kind.BOOLEAN, value: false })),
});

/** Everything is included by a variable. */
export const withIncludeTrue = (document: DocumentNode): Variant => {
  const name = { kind: Kind.NAME, value: 'metaTrue' } as const;
  const variable = { kind: Kind.VARIABLE, name } as const;
  const boolean = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Boolean' } } as const;
  return {
    variables: { metaTrue: true },
    document: visit(conditioned(document, condition('include', variable)), {
      OperationDefinition: {
        leave: (operation) => ({
          ...operation,
          variableDefinitions: [
            ...(operation.variableDefinitions ?? []),
            {
              kind: Kind.VARIABLE_DEFINITION,
              variable,
              type: { kind: Kind.NON_NULL_TYPE, type: boolean },
            } as const,
          ],
        }),
      },
    }),
  };
};

/** Every object is asked for its type. */
export const withTypeNames = (document: DocumentNode): Variant => {
  const hasOwn = responseKeysOf(document).includes('__typename');
  const added = typeNameField(hasOwn ? 'metaType' : undefined);
  const key = hasOwn ? 'metaType' : '__typename';
  return {
    document: withSelections(document, (selections) => [added, ...selections]),
    keyBefore: (each) => (each === key ? undefined : each),
  };
};

/** Last things first. */
export const reversed = (document: DocumentNode): Variant => ({
  document: withSelections(document, (selections) => selections.toReversed()),
  isReordered: true,
});

/** Every value stands in a variable. */
export const withVariables = (document: DocumentNode, schema: GraphQLSchema): Variant => {
  const types = new TypeInfo(schema);
  const definitions: string[] = [];
  const variables: Record<string, unknown> = {};
  const known = new Map<string, string>();
  const changed: DocumentNode = visit(
    document,
    visitWithTypeInfo(types, {
      Argument: {
        enter: ({ name, value }) => {
          // What has a variable in it stays where it is.
          if (print(value).includes('$')) return undefined;
          const type = types.getArgument()?.type;
          // Equal values share a variable: fields of one key must have equal arguments.
          const meaning = `${String(type)} ${print(value)}`;
          const given = known.get(meaning) ?? `meta${known.size}`;
          if (!known.has(meaning)) definitions.push(`$${given}: ${String(type)}`);
          known.set(meaning, given);
          variables[given] = valueFromASTUntyped(value);
          return { kind: Kind.ARGUMENT, name, value: variableCalled(given) };
        },
      },
    }),
  );
  return definitions.length === 0
    ? { document }
    : { document: withDefinitions(changed, definitions), variables };
};

const variableCalled = (name: string) =>
  ({ kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } }) as const;

/** Adds definitions of variables, given as text. */
const withDefinitions = (document: DocumentNode, definitions: readonly string[]): DocumentNode => {
  const [sample] = parse(`query (${definitions.join(' ')}) { x }`, { noLocation: true }).definitions;
  const added = sample?.kind === Kind.OPERATION_DEFINITION ? (sample.variableDefinitions ?? []) : [];
  return visit(document, {
    OperationDefinition: {
      leave: (operation) => ({
        ...operation,
        variableDefinitions: [...(operation.variableDefinitions ?? []), ...added],
      }),
    },
  });
};

const conditioned = (document: DocumentNode, added: DirectiveNode): DocumentNode =>
  visit(document, {
    enter: (node) => {
      const isSelection =
        node.kind === Kind.FIELD || node.kind === Kind.INLINE_FRAGMENT || node.kind === Kind.FRAGMENT_SPREAD;
      if (!isSelection) return undefined;
      const { directives = [] }: SelectionNode = node;
      // The same directive may not stand there twice.
      if (directives.some(({ name }) => name.value === added.name.value)) return undefined;
      return { ...node, directives: [...directives, added] };
    },
  });

const condition = (name: string, value: BooleanValueNode | VariableNode): DirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value }],
});
