import { Kind, type DirectiveNode, type SelectionSetNode } from 'graphql';
import type { ConditionValues } from './planning-conditions.ts';
import type { SelectedOperation } from '../select-operation.ts';

/**
 * Says whether an operation can select a root field that only a subgraph can answer: not introspection, and not under
 * conditions that never hold together, or not with the values that are known.
 */
export const selectsData = (
  { operation, fragments }: SelectedOperation,
  conditionValues: ConditionValues = {},
): boolean => {
  const search = ({ selections }: SelectionSetNode, assumed: Assumed, seen: readonly string[]): boolean =>
    selections.some((selection) => {
      const next = assume(assumed, selection.directives ?? []);
      if (next === undefined) return false;
      if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
      if (selection.kind === Kind.INLINE_FRAGMENT) return search(selection.selectionSet, next, seen);
      const name = selection.name.value;
      const fragment = seen.includes(name) ? undefined : fragments.get(name);
      return fragment !== undefined && search(fragment.selectionSet, next, [...seen, name]);
    });
  return search(operation.selectionSet, new Map(Object.entries(conditionValues)), []);
};

/** What the variables on the way down have to be. */
type Assumed = ReadonlyMap<string, boolean>;

/** Undefined when it cannot be. */
const assume = (assumed: Assumed, directives: readonly DirectiveNode[]): Assumed | undefined => {
  const next = new Map(assumed);
  for (const { name, arguments: given = [] } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return undefined;
    if (value?.kind !== Kind.VARIABLE) continue;
    if (next.get(value.name.value) === !wanted) return undefined;
    next.set(value.name.value, wanted);
  }
  return next;
};
