import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { SchemaFacts } from '../schema-facts.ts';
import type { EntityBatch } from './entity-batch.ts';
import type { Execution } from './execution.ts';
import { cloneJson, isJsonObject } from './json-object.ts';
import type { FetchNode } from './plan-json.ts';

/** Merges what a subgraph answered into the objects that it was told about. */
export type MergeEntities = (
  batch: EntityBatch,
  entities: readonly unknown[],
  progress: Execution['progress'],
) => void;

/**
 * Compiles the merging of a fetch's answers.
 *
 * An answer that holds objects belongs to one place of the plan: two places may ask on below them for different things
 * under the same response key, so that the second gets a copy. Within one place objects may be shared.
 *
 * @param options.mayShare false in plans with contexts: what is below one object may have to differ from what is below
 *   the other although both were told alike.
 */
export const compileMergeEntities = (
  node: FetchNode,
  { merge }: SchemaFacts,
  { mayShare }: { readonly mayShare: boolean },
): MergeEntities => {
  const isFlat = !holdsObjects(node.operation);
  return ({ places }, entities, progress) => {
    if (!isFlat) progress.structure += 1;
    const isTaken: boolean[] = [];
    for (const { targets, indexes } of places) {
      const own: unknown[] = [];
      for (let position = 0; position < targets.length; position += 1) {
        const index = indexes[position] ?? 0;
        const entity = entities[index];
        const target = targets[position];
        if (!isJsonObject(entity) || target === undefined) continue;
        let source = isFlat ? entity : (own[index] as typeof entity | undefined);
        if (source === undefined) {
          source = isTaken[index] === true ? cloneJson(entity) : entity;
          isTaken[index] = true;
          if (mayShare) own[index] = source;
        }
        merge(target, source);
      }
    }
  };
};

/** Whether more than leaves are asked of an entity. */
const holdsObjects = (operation: string): boolean => {
  const { definitions } = parse(operation, { noLocation: true });
  const hasObject = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.selectionSet !== undefined;
      return selection.kind === Kind.FRAGMENT_SPREAD || hasObject(selection.selectionSet);
    });
  return definitions.some(
    (each) =>
      each.kind !== Kind.OPERATION_DEFINITION ||
      each.selectionSet.selections.some(
        (entities) =>
          entities.kind !== Kind.FIELD || (entities.selectionSet && hasObject(entities.selectionSet)),
      ),
  );
};
