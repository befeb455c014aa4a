import type { ReadEntityKey } from './entity-key.ts';
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
  readonly keyOf: ReadEntityKey | undefined;
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
  { keyOf, read, alter, contextOf }: Telling,
): readonly EntityBatch[] => {
  const batches = new Map<string, OpenBatch>();
  for (const entity of entities) {
    const variables = contextOf?.(entity) ?? noVariables;
    const batchKey = contextOf === undefined ? '' : JSON.stringify(variables);
    let batch = batches.get(batchKey);
    if (batch === undefined) batches.set(batchKey, (batch = openBatch(variables)));

    const key = keyOf?.(entity);
    const alike = key === undefined ? undefined : batch.byKey.get(key);
    if (alike !== undefined) {
      alike.push(entity);
      continue;
    }
    const representation = read(entity);
    if (representation === undefined || typeof representation['__typename'] !== 'string') continue;
    alter?.(representation);
    const targets = targetsFor(batch, representation);
    targets.push(entity);
    if (key !== undefined) batch.byKey.set(key, targets);
  }
  return [...batches.values()].filter(({ targets }) => targets.length > 0);
};

type OpenBatch = EntityBatch & {
  readonly byKey: Map<string, JsonObject[]>;
  readonly byJson: Map<string, JsonObject[]>;
};

const noVariables = {};

const openBatch = (variables: EntityBatch['variables']): OpenBatch => ({
  variables,
  representations: [],
  json: [],
  targets: [],
  byKey: new Map(),
  byJson: new Map(),
});

/** The objects that this representation stands for so far. */
const targetsFor = (batch: OpenBatch, representation: JsonObject): JsonObject[] => {
  const json = JSON.stringify(representation);
  const known = batch.byJson.get(json);
  if (known !== undefined) return known;
  const targets: JsonObject[] = [];
  batch.byJson.set(json, targets);
  batch.json.push(json);
  batch.representations.push(representation);
  batch.targets.push(targets);
  return targets;
};
