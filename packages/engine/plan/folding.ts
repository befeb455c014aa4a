import { assertNever } from '@saas/kernel';
import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { FetchNode, PlanNode } from './plan-json.ts';

/** Says whether equal objects at a path from the root may become one. */
export type MayFold = (path: readonly string[]) => boolean;

/**
 * Finds where objects may be folded: where one fetch alone brings them. If a second one brought more of them, it could say
 * something else at each of their places. Nothing is folded where parts of the answer are deferred.
 */
export const foldingIn = (root: PlanNode): MayFold => {
  const fetches = placedFetches(root, []);
  if (fetches === undefined) return () => false;
  return (path) => fetches.filter((fetch) => brings(fetch, path)).length === 1;
};

type PlacedFetch = {
  readonly path: readonly string[];
  readonly fetch: FetchNode;
  /** What its operations select; nothing where it renames, for that may be anything. */
  readonly selections: readonly SelectionSetNode[] | undefined;
};

const placedFetches = (
  node: PlanNode | undefined,
  path: readonly string[],
): readonly PlacedFetch[] | undefined => {
  if (node === undefined) return [];
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return together(node.nodes.map((each) => placedFetches(each, path)));
    case 'Flatten':
      return placedFetches(node.node, [...path, ...node.path]);
    case 'Condition':
      return together([node.ifClause, node.elseClause].map((each) => placedFetches(each, path)));
    case 'Defer':
      return undefined;
    case 'Fetch':
      return [{ path, fetch: node, selections: selectionsOf(node) }];
    default:
      return assertNever(node);
  }
};

const together = (
  all: readonly (readonly PlacedFetch[] | undefined)[],
): readonly PlacedFetch[] | undefined => (all.every((each) => each !== undefined) ? all.flat() : undefined);

const selectionsOf = ({ operation, outputRewrites = [] }: FetchNode): PlacedFetch['selections'] => {
  if (outputRewrites.length > 0) return undefined;
  const { definitions } = parse(operation, { noLocation: true });
  return definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? [each.selectionSet] : []));
};

/** Whether a fetch brings objects at a path below its own. */
const brings = ({ path: own, fetch, selections }: PlacedFetch, path: readonly string[]): boolean => {
  if (own.length >= path.length || own.some((element, index) => element !== path[index])) return false;
  if (selections === undefined) return true;
  const below = path.slice(own.length).filter((element) => element !== '@');
  const keys = fetch.requires === undefined ? below : ['_entities', ...below];
  return selections.some((each) => selects(each, keys));
};

const selects = ({ selections }: SelectionSetNode, [key, ...more]: readonly string[]): boolean =>
  selections.some((selection) => {
    // The planner's own fragments are not followed: what is in them may be anything.
    if (selection.kind === Kind.FRAGMENT_SPREAD) return true;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return selects(selection.selectionSet, key === undefined ? [] : [key, ...more]);
    if ((selection.alias ?? selection.name).value !== key) return false;
    return (
      more.length === 0 || (selection.selectionSet !== undefined && selects(selection.selectionSet, more))
    );
  });
