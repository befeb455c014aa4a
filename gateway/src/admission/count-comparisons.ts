import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from './measure-document.ts';
import { addUpTo } from './operation-limits.ts';

/**
 * How many pairs a validator has to compare to know that all fields merge: fields that share a response path, whatever
 * their types, and fragments spread in one place. The number grows with the square of what is repeated; graphql-js took
 * 0.28 s for 500 fragments of one field, spread side by side.
 *
 * Walks every fragment wherever it is used: measure the document first. The time is linear in its `selections`.
 *
 * @param unusedFragments walked as well, as validation does.
 * @see GraphQL, section 5.3.2 "Field Selection Merging".
 */
export const countComparisons = (document: DocumentNode, unusedFragments: readonly string[]): number => {
  const fragments = fragmentsOf(document);
  let pairs = 0;
  for (const definition of document.definitions) {
    const isRoot =
      definition.kind === Kind.OPERATION_DEFINITION ||
      (definition.kind === Kind.FRAGMENT_DEFINITION && unusedFragments.includes(definition.name.value));
    if (isRoot) pairs = addUpTo(pairs, pairsIn([definition.selectionSet], fragments));
  }
  return pairs;
};

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
/** What is selected at one response path: by response name, how often, and the selections below. */
type Merged = {
  readonly fields: Map<string, { count: number; readonly below: SelectionSetNode[] }>;
  spreads: number;
};

/** `sets` are all selections at one response path. */
const pairsIn = (sets: readonly SelectionSetNode[], fragments: Fragments): number => {
  const merged: Merged = { fields: new Map(), spreads: 0 };
  for (const set of sets) collect(set, merged, fragments);
  let pairs = pairsOf(merged.spreads);
  for (const { count, below } of merged.fields.values()) {
    pairs = addUpTo(pairs, pairsOf(count));
    if (below.length > 0) pairs = addUpTo(pairs, pairsIn(below, fragments));
  }
  return pairs;
};

const pairsOf = (count: number): number => (count * (count - 1)) / 2;

const collect = ({ selections }: SelectionSetNode, merged: Merged, fragments: Fragments): void => {
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      collect(selection.selectionSet, merged, fragments);
    } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
      merged.spreads += 1;
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) collect(fragment.selectionSet, merged, fragments);
    } else {
      const name = (selection.alias ?? selection.name).value;
      let field = merged.fields.get(name);
      if (field === undefined) merged.fields.set(name, (field = { count: 0, below: [] }));
      field.count += 1;
      if (selection.selectionSet !== undefined) field.below.push(selection.selectionSet);
    }
  }
};
