import { Kind, isObjectType, parse, type DirectiveNode, type SelectionSetNode } from 'graphql';
import type { SchemaFacts } from '../schema-facts.ts';
import { holds } from '../shape/collect-fields.ts';
import type { FetchNode } from './plan-json.ts';

/** Given the values of conditions, whether a fetch of entities would bring anything but types that are known already. */
export type BringsData = (isTrue: (variable: string) => boolean) => boolean;

/**
 * Tells when a fetch of entities can be saved: everything in it is under conditions that exclude it, and what is left is the
 * type of objects that can have no other. The planner puts a condition that all have in common on the whole fetch, but not
 * when a type is asked for beside them.
 *
 * Undefined when the fetch always brings something.
 */
export const compileBringsData = (node: FetchNode, { requirements }: SchemaFacts): BringsData | undefined => {
  if (!/@(skip|include)\b/.test(node.operation)) return undefined;
  const { supergraph } = requirements;
  const { definitions } = parse(node.operation, { noLocation: true });
  const definition = definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  if (definition === undefined) return undefined;

  const conditionsOf = (
    { selections }: SelectionSetNode,
    outer: readonly DirectiveNode[],
    isTypeKnown: boolean,
  ): readonly (readonly DirectiveNode[])[] =>
    selections.flatMap((selection) => {
      const conditions = [...outer, ...(selection.directives ?? [])];
      if (selection.kind === Kind.FIELD) {
        return selection.name.value === '__typename' && isTypeKnown ? [] : [conditions];
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) return [conditions];
      const condition = fragment.typeCondition?.name.value;
      const isObject = condition !== undefined && isObjectType(supergraph.getType(condition));
      return conditionsOf(fragment.selectionSet, conditions, isTypeKnown || isObject);
    });
  const all = definition.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD && selection.selectionSet !== undefined
      ? conditionsOf(selection.selectionSet, selection.directives ?? [], false)
      : [[]],
  );
  if (all.some((conditions) => conditions.length === 0)) return undefined;
  return (isTrue) => all.some((conditions) => conditions.every((each) => holds(each, isTrue)));
};
