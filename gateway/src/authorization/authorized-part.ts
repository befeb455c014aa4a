import {
  Kind,
  OperationTypeNode,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../admission/measure-document.ts';
import { removedFields, type RemovedField, type RemovedFields } from './removed-fields.ts';
import { conditionsOf, type Condition } from './selection-conditions.ts';
import type { AuthorizationRules, SelectionPlace } from './selection-place.ts';

export type AuthorizedPart = {
  /** The operation without what was left out, its fragments written in place; the very document when nothing was. */
  readonly document: DocumentNode;
  /** Without those that no request asks for. */
  readonly removed: readonly RemovedField[];
  /** There are more of them than are listed. */
  readonly isCapped: boolean;
  /** Whether anything is left that a subgraph has to answer. */
  readonly asksSubgraphs: boolean;
};

/** Removed fields that are listed; an answer lists fewer errors than this anyway. */
const removedMax = 1_000;

/**
 * The part of an operation that may be answered to who is denied some of its requirements.
 *
 * A field is left out when itself, its type or its parent is denied, on any object that it may meet; a fragment on a denied type
 * with all that is in it. An object of which nothing would be left is not asked for, and is answered null. It stays, with
 * its `__typename`, where it might be answered without any of what was left out: because of `@skip` and `@include`, or of
 * the types of fragments. So does a field of a mutation: it is run whatever its client may read of its outcome.
 *
 * @param document has passed `admitDocument`, and is valid. The part is valid as well.
 * @param denied keys of requirements.
 */
export const authorizedPart = (
  rules: AuthorizationRules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  denied: ReadonlySet<string>,
): AuthorizedPart => {
  const place = rules.rootOf(operation.operation);
  const all = { document, removed: [], isCapped: false, asksSubgraphs: true };
  if (place === undefined || denied.size === 0) return all;
  const removed = removedFields(removedMax);
  const walk = { rules, fragments: fragmentsOf(document), denied, removed };
  const isRoot = operation.operation === OperationTypeNode.MUTATION ? 'mutation' : 'other';
  const at = { place, path: [], conditions: [], isAsked: true, isRoot } as const;
  const { selections, isWhole } = filterSet(operation.selectionSet, at, walk);
  if (isWhole) return all;
  const part = withUsedVariables({ ...operation, selectionSet: setOf(selections) });
  return {
    document: { kind: Kind.DOCUMENT, definitions: [part] },
    removed: removed.list,
    isCapped: removed.isCapped(),
    asksSubgraphs: selections.some(asksSubgraphs),
  };
};

type Walk = {
  readonly rules: AuthorizationRules;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly denied: ReadonlySet<string>;
  readonly removed: RemovedFields;
};

/** Where the walk stands. */
type At = {
  readonly place: SelectionPlace;
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
  /** False below a literal `@skip(if: true)`: filtered like everything else, but nobody is told. */
  readonly isAsked: boolean;
  readonly isRoot?: 'mutation' | 'other';
};

type Filtered = {
  readonly selections: readonly SelectionNode[];
  readonly isWhole: boolean;
  /** Something is missing that every object in this place would have had, in every request. */
  readonly hasLoss: boolean;
};

const whole = (selection: SelectionNode): Filtered => ({
  selections: [selection],
  isWhole: true,
  hasLoss: false,
});

const filterSet = ({ selections }: SelectionSetNode, at: At, walk: Walk): Filtered => {
  const kept: SelectionNode[] = [];
  let isWhole = true;
  let hasLoss = false;
  for (const selection of selections) {
    const { inside, isCertain } = underConditions(selection.directives, at);
    const filtered =
      selection.kind === Kind.FIELD
        ? filterField(selection, inside, walk)
        : filterFragment(selection, inside, walk);
    kept.push(...filtered.selections);
    isWhole &&= filtered.isWhole;
    hasLoss ||= filtered.hasLoss && isCertain;
  }
  return { selections: kept, isWhole, hasLoss };
};

const underConditions = (directives: readonly DirectiveNode[] | undefined, at: At) => {
  const own = conditionsOf(directives);
  if (own === 'never') return { inside: { ...at, isAsked: false }, isCertain: false };
  if (own.length === 0) return { inside: at, isCertain: true };
  return { inside: { ...at, conditions: [...at.conditions, ...own] }, isCertain: false };
};

const filterField = (field: FieldNode, at: At, walk: Walk): Filtered => {
  const name = field.name.value;
  if (at.place.demandsOn(name).some(({ key }) => walk.denied.has(key))) {
    remove(field, at, walk);
    return { selections: [], isWhole: false, hasLoss: true };
  }
  const place = field.selectionSet && at.place.below(name);
  if (field.selectionSet === undefined || place === undefined) return whole(field);
  const { conditions, isAsked } = at;
  const inner = filterSet(field.selectionSet, { place, path: pathTo(field, at), conditions, isAsked }, walk);
  if (inner.isWhole) return whole(field);
  if (inner.selections.length === 0 && inner.hasLoss && at.isRoot !== 'mutation') return inner;
  const selections = [{ ...field, selectionSet: setOf(inner.selections) }];
  return { selections, isWhole: false, hasLoss: false };
};

const filterFragment = (selection: FragmentSpreadNode | InlineFragmentNode, at: At, walk: Walk): Filtered => {
  const fragment = fragmentOf(selection, walk);
  const condition = fragment?.typeCondition?.name.value;
  const place = condition === undefined ? at.place : at.place.narrowed(condition);
  if (fragment === undefined || place === undefined)
    return { selections: [], isWhole: false, hasLoss: false };
  const isForAll = place.objects.length === at.place.objects.length;
  const demands = condition === undefined ? [] : walk.rules.table.ofType(condition);
  if (demands.some(({ key }) => walk.denied.has(key))) {
    removeFragment(fragment.selectionSet, at, walk);
    return { selections: [], isWhole: false, hasLoss: isForAll };
  }
  const inner = filterSet(fragment.selectionSet, { ...at, place }, walk);
  const selections = inner.selections.length === 0 ? [] : [written(selection, fragment, inner.selections)];
  return { selections, isWhole: inner.isWhole, hasLoss: inner.hasLoss && isForAll };
};

/** What stands in a fragment that is left out as a whole. */
const removeFragment = ({ selections }: SelectionSetNode, at: At, walk: Walk): void => {
  for (const selection of selections) {
    const { inside } = underConditions(selection.directives, at);
    if (selection.kind === Kind.FIELD) {
      remove(selection, inside, walk);
      continue;
    }
    const fragment = fragmentOf(selection, walk);
    if (fragment) removeFragment(fragment.selectionSet, inside, walk);
  }
};

const remove = (field: FieldNode, at: At, { removed }: Walk): void => {
  if (at.isAsked) removed.add({ path: pathTo(field, at), conditions: at.conditions });
};

const pathTo = ({ alias, name }: FieldNode, { path }: At): readonly string[] => [
  ...path,
  (alias ?? name).value,
];

const fragmentOf = (selection: FragmentSpreadNode | InlineFragmentNode, { fragments }: Walk) =>
  selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);

/** In place: what is left of a fragment differs from place to place. */
const written = (
  { directives }: FragmentSpreadNode | InlineFragmentNode,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
  selections: readonly SelectionNode[],
): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  ...(typeCondition && { typeCondition }),
  ...(directives && { directives }),
  selectionSet: setOf(selections),
});

const setOf = (selections: readonly SelectionNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections: selections.length === 0 ? [typeName] : selections,
});

const typeName: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const asksSubgraphs = (selection: SelectionNode): boolean => {
  if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
  return selection.kind === Kind.INLINE_FRAGMENT && selection.selectionSet.selections.some(asksSubgraphs);
};

const withUsedVariables = (operation: OperationDefinitionNode): OperationDefinitionNode => {
  const { variableDefinitions = [], ...rest } = operation;
  if (variableDefinitions.length === 0) return operation;
  const used = new Set<string>();
  visit(rest as OperationDefinitionNode, {
    Variable: ({ name }) => {
      used.add(name.value);
    },
  });
  return {
    ...operation,
    variableDefinitions: variableDefinitions.filter(({ variable }) => used.has(variable.name.value)),
  };
};
