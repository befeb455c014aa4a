import {
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Another way to ask for the same. */
export type Variant = {
  readonly document: DocumentNode;
  /** Added to the variables of the operation. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What a response key was called, or undefined when it was not there. */
  readonly keyBefore?: (key: string) => string | undefined;
  /** Whether the order of keys differs. */
  readonly isReordered?: boolean;
};

/** The answer of a variant in the words of the operation that it was made from. */
export const answerBefore = (data: unknown, { keyBefore }: Variant): unknown => {
  if (keyBefore === undefined) return data;
  if (Array.isArray(data)) return data.map((item) => answerBefore(item, { keyBefore } as Variant));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      const before = keyBefore(key);
      // Whatever was not asked for stands in a value of a scalar, or was added.
      return before === undefined ? [] : [[before, answerBefore(value, { keyBefore } as Variant)]];
    }),
  );
};

export const responseKeyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

/** Every response key of a document, each once, in the order in which they occur. */
export const responseKeysOf = (document: DocumentNode): readonly string[] => {
  const keys = new Set<string>();
  visit(document, { Field: (field) => void keys.add(responseKeyOf(field)) });
  return [...keys];
};

export const renamed = (document: DocumentNode, nameOf: (key: string) => string): DocumentNode =>
  visit(document, {
    Field: (field) => {
      const key = nameOf(responseKeyOf(field));
      return { ...field, alias: { kind: Kind.NAME, value: key } };
    },
  });

/** Changes what stands in every selection set, from the inside out. */
export const withSelections = (
  document: DocumentNode,
  change: (selections: readonly SelectionNode[], set: SelectionSetNode) => readonly SelectionNode[],
): DocumentNode =>
  visit(document, {
    SelectionSet: { leave: (set) => ({ ...set, selections: change(set.selections, set) }) },
  });

export const typeNameField = (alias?: string): FieldNode => ({
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
  ...(alias !== undefined && { alias: { kind: Kind.NAME, value: alias } }),
});
