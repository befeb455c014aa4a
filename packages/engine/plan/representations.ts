import type { Alter } from './rewrites.ts';
import type { ReadRepresentation } from './requires.ts';
import type { JsonObject } from './json-object.ts';

/** The entities of one call: every distinct representation once, with all the objects that it stands for. */
export type EntityBatch = {
  /** Variables that these entities have in common: the values of their contexts. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly representations: JsonObject[];
  readonly json: string[];
  readonly targets: JsonObject[][];
};

/** How entities are told to a subgraph. */
export type Telling = {
  readonly read: ReadRepresentation;
  readonly alter: Alter | undefined;
  readonly contextOf: ((entity: JsonObject) => Readonly<Record<string, unknown>>) | undefined;
};

/**
 * Entities as batches: one batch, or one per combination of context values, because a context value is a variable of
 * the whole call. What cannot be told, or has no type, is left out.
 */
export const batchEntities = (
  entities: readonly JsonObject[],
  { read, alter, contextOf }: Telling,
): readonly EntityBatch[] => {
  const batches = new Map<string, EntityBatch & { readonly seen: Map<string, JsonObject[]> }>();
  for (const entity of entities) {
    const representation = read(entity);
    if (representation === undefined || typeof representation['__typename'] !== 'string') continue;
    alter?.(representation);
    const variables = contextOf?.(entity) ?? {};
    const batchKey = contextOf === undefined ? '' : JSON.stringify(variables);
    let batch = batches.get(batchKey);
    if (batch === undefined) {
      batch = { variables, representations: [], json: [], targets: [], seen: new Map() };
      batches.set(batchKey, batch);
    }
    const json = JSON.stringify(representation);
    const same = batch.seen.get(json);
    if (same !== undefined) {
      same.push(entity);
      continue;
    }
    const targets = [entity];
    batch.seen.set(json, targets);
    batch.json.push(json);
    batch.representations.push(representation);
    batch.targets.push(targets);
  }
  return [...batches.values()];
};
