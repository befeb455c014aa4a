import { Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../admission/measure-document.ts';
import type { Requirement } from './requirement.ts';
import type { AuthorizationRules, SelectionPlace } from './selection-place.ts';

/**
 * Everything that is demanded of who runs an operation, wherever in it; each demand once. Also what no request of it asks for,
 * because of `@skip` and `@include`, is in here.
 *
 * @param document has passed `admitDocument`, and is valid: fragments are walked wherever they are used.
 */
export const requirementsOf = (
  rules: AuthorizationRules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly Requirement[] => {
  const found = new Map<string, Requirement>();
  const root = rules.rootOf(operation.operation);
  if (rules.table.isEmpty || root === undefined) return [];
  const fragments = fragmentsOf(document);
  const note = (requirement: Requirement): void => void found.set(requirement.key, requirement);

  const walk = ({ selections }: SelectionSetNode, place: SelectionPlace): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        place.demandsOn(name).forEach(note);
        const inner = selection.selectionSet && place.below(name);
        if (selection.selectionSet && inner) walk(selection.selectionSet, inner);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      const inner = condition === undefined ? place : place.narrowed(condition);
      if (condition !== undefined) rules.table.ofType(condition).forEach(note);
      if (fragment && inner) walk(fragment.selectionSet, inner);
    }
  };
  walk(operation.selectionSet, root);
  return [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
};
