import { Kind, visit, type DirectiveNode, type DocumentNode } from 'graphql';

/** A label of our own for each `@defer` of a document. */
export type DeferLabels = ReadonlyMap<DirectiveNode, string>;

/**
 * Labels every `@defer`, the same ones whenever the same document comes. Clients may leave theirs out, or use one twice;
 * by ours the parts of a plan are found again in the document.
 */
export const deferLabelsOf = (document: DocumentNode): DeferLabels => {
  const labels = new Map<DirectiveNode, string>();
  visit(document, {
    Directive: (directive) => {
      if (directive.name.value === 'defer') labels.set(directive, `part${labels.size}`);
    },
  });
  return labels;
};

/**
 * The document with our labels in place of the client's. Without introspection: the planner leaves that out by itself,
 * but not where it is deferred.
 */
export const withDeferLabels = (document: DocumentNode, labels: DeferLabels): DocumentNode =>
  labels.size === 0
    ? document
    : visit(document, {
        Directive: (directive) => {
          const label = labels.get(directive);
          if (label === undefined) return undefined;
          const others = (directive.arguments ?? []).filter(({ name }) => name.value !== 'label');
          const own = {
            kind: Kind.ARGUMENT,
            name: { kind: Kind.NAME, value: 'label' },
            value: { kind: Kind.STRING, value: label },
          } as const;
          return { ...directive, arguments: [...others, own] };
        },
        Field: ({ name }) => (name.value === '__schema' || name.value === '__type' ? typeName : undefined),
      });

const typeName = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;

/**
 * The document without any `@defer`: to be planned where the planner fails with them, as it does with some conditions
 * beside them. Everything is fetched at once then; what the client's own document defers still comes in parts.
 */
export const withoutDefer = (document: DocumentNode): DocumentNode =>
  visit(document, { Directive: ({ name }) => (name.value === 'defer' ? null : undefined) });

/** Names one deferred part at one place. Indices of lists do not count, nor do the types of fragments on the way. */
export const partKey = (label: string, dataPath: readonly (string | number)[]): string =>
  [label, ...dataPath.filter((each) => typeof each === 'string' && !each.startsWith('... on '))].join(' ');
