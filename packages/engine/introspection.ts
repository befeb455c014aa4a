import {
  Kind,
  execute,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { defaultCode, type EngineError } from './plan/failures.ts';
import type { SelectedOperation } from './select-operation.ts';

/** What an operation asks about the schema itself, in JSON, by response key. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => {
  readonly fields: ReadonlyMap<string, string>;
  readonly errors: readonly EngineError[];
};

/** Answers are remembered per operation and variables, as many as this. */
const answersMax = 16;

/**
 * Compiles the introspection in an operation's root fields: run by graphql-js on the API schema, everything else in
 * the operation left out. Nothing when the operation has none.
 */
export const compileIntrospection = (
  api: GraphQLSchema,
  { operation, fragments }: SelectedOperation,
): Introspect | undefined => {
  const keep = ({ selections }: SelectionSetNode, seen: readonly string[]): readonly SelectionNode[] =>
    selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return isIntrospection(selection.name.value) ? [selection] : [];
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return within(selection, keep(selection.selectionSet, seen));
      const name = selection.name.value;
      const fragment = fragments.get(name);
      if (fragment === undefined || seen.includes(name)) return [];
      return within(selection, keep(fragment.selectionSet, [...seen, name]));
    });
  const selections = keep(operation.selectionSet, []);
  if (selections.length === 0) return undefined;

  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } },
      ...fragments.values(),
    ],
  };
  const names = variablesIn(document);
  const answers = new Map<string, ReturnType<Introspect>>();
  return (variables) => {
    const key = JSON.stringify(names.map((name) => variables[name] ?? (name in variables ? null : 0)));
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(api, document, variables);
    const [oldest] = answers.keys();
    if (answers.size >= answersMax && oldest !== undefined) answers.delete(oldest);
    answers.set(key, answer);
    return answer;
  };
};

const ask = (
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Readonly<Record<string, unknown>>,
): ReturnType<Introspect> => {
  const result = execute({ schema, document, variableValues });
  if (result instanceof Promise) throw new Error('introspection does not wait');
  const errors = (result.errors ?? []).map(({ message, path }) => ({
    message,
    ...(path && { path }),
    code: defaultCode,
  }));
  const fields = new Map(
    Object.entries(result.data ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
  );
  return { fields, errors };
};

const isIntrospection = (name: string): boolean => name === '__schema' || name === '__type';

/** The selections under the conditions of the fragment that they stood in. */
const within = (
  { directives }: Pick<SelectionNode, 'directives'>,
  selections: readonly SelectionNode[],
): readonly SelectionNode[] =>
  selections.length === 0
    ? []
    : [
        {
          kind: Kind.INLINE_FRAGMENT,
          ...(directives && { directives: directives.filter(({ name }) => name.value !== 'defer') }),
          selectionSet: { kind: Kind.SELECTION_SET, selections },
        },
      ];

const variablesIn = (document: DocumentNode): readonly string[] => {
  const names = new Set<string>();
  visit(document, {
    Variable: ({ name }) => {
      names.add(name.value);
    },
  });
  return [...names];
};
