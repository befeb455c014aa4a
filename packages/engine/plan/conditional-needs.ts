import { Kind, parse, type DirectiveNode, type SelectionSetNode } from 'graphql';
import type { SchemaFacts } from '../schema-facts.ts';
import { holds } from '../shape/collect-fields.ts';
import type { FetchNode } from './plan-json.ts';

/** Given the values of conditions, the required keys that nothing in the fetch needs. */
export type UnneededKeys = (isTrue: (variable: string) => boolean) => ReadonlySet<string>;

/**
 * Tells what a fetch requires for fields that are skipped. The planner puts fields with and without requirements into
 * one fetch, and asks for what is required under the condition of the field that requires it; when the condition fails
 * it is missing, and must not keep the rest of the fetch from running.
 *
 * Undefined when nothing in the fetch depends on conditions.
 */
export const compileUnneededKeys = (node: FetchNode, facts: SchemaFacts): UnneededKeys | undefined => {
  if (!/@(skip|include)\b/.test(node.operation)) return undefined;
  const needs = needsOf(node.operation, facts);
  if (needs.every(({ conditions }) => conditions.length === 0)) return undefined;
  return (isTrue) => {
    const needed = new Set(
      needs.filter(({ conditions }) => conditions.every((each) => holds(each, isTrue))).map(({ key }) => key),
    );
    return new Set(needs.map(({ key }) => key).filter((key) => !needed.has(key)));
  };
};

/** A key that some field requires, and the conditions under which the field is asked for. */
type Need = { readonly key: string; readonly conditions: readonly DirectiveNode[] };

const needsOf = (operation: string, facts: SchemaFacts): readonly Need[] => {
  const { definitions } = parse(operation, { noLocation: true });
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  const walk = (
    { selections }: SelectionSetNode,
    typeName: string,
    outer: readonly DirectiveNode[],
  ): readonly Need[] =>
    selections.flatMap((selection) => {
      const conditions = [...outer, ...(selection.directives ?? [])];
      if (selection.kind === Kind.FIELD) {
        if (typeName !== '') return keysFor(facts, typeName, selection.name.value, conditions);
        return selection.selectionSet ? walk(selection.selectionSet, typeName, conditions) : [];
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) return [];
      return walk(fragment.selectionSet, fragment.typeCondition?.name.value ?? typeName, conditions);
    });
  const definition = definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  return definition === undefined ? [] : walk(definition.selectionSet, '', []);
};

const keysFor = (
  facts: SchemaFacts,
  typeName: string,
  field: string,
  conditions: readonly DirectiveNode[],
): readonly Need[] =>
  facts.requirements
    .requiredBy(typeName, field)
    .flatMap(({ selections }) =>
      selections.flatMap((selection) =>
        selection.kind === Kind.FIELD ? [{ key: (selection.alias ?? selection.name).value, conditions }] : [],
      ),
    );
