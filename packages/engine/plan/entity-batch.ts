import type { Cursor } from './cursor.ts';
import type { Done } from './execution.ts';
import type { JsonObject } from './json-object.ts';
import type { Teller, Telling } from './representation.ts';

/** The entities of one call: every distinct representation once, told at one place of the plan or at several. */
export type EntityBatch = {
  /** Each representation in JSON. */
  readonly json: string[];
  readonly places: Place[];
};

/** Where in the plan entities of a batch come from. */
export type Place = {
  readonly cursor: Cursor;
  /** The objects that are told about, in the order of the response. */
  readonly targets: readonly JsonObject[];
  /** For each target the index of its representation in the batch. */
  readonly indexes: readonly number[];
  readonly done: Done;
};

/** A batch that may still grow. */
export type OpenBatch = EntityBatch & {
  /** How all its places tell their entities; undefined when they differ. */
  telling: Telling | undefined;
  /** The index of each representation; made when a text has to be looked for. */
  byJson: Map<string, number> | undefined;
  /** A shorter way to the same, for representations of leaves only. */
  readonly byFirstLeaf: Map<Teller, Map<unknown, Told[]>>;
};

/** What was told, without its first leaf. As it was then: the entity may have learned more since. */
type Told = { readonly others: readonly unknown[]; readonly index: number };
type ReadLeaf = (entity: JsonObject) => unknown;

/** More entities with the same first leaf are told apart by their texts. */
const ALIKE_MAX = 8;

export const openBatch = (telling: Telling): OpenBatch => ({
  json: [],
  places: [],
  telling,
  byJson: undefined,
  byFirstLeaf: new Map(),
});

/**
 * Adds the entities at a cursor to a batch. What cannot be told, or has no type, is left out.
 *
 * @returns false when nothing was added.
 */
export const addPlace = (
  batch: OpenBatch,
  entities: readonly JsonObject[],
  telling: Telling,
  { cursor, done }: Pick<Place, 'cursor' | 'done'>,
): boolean => {
  if (batch.telling !== telling) batch.telling = undefined;
  const targets: JsonObject[] = [];
  const indexes: number[] = [];
  // Neighbours are mostly of one type: what was looked up for the last one is kept.
  let lastType: unknown;
  let indexOf: ((entity: JsonObject) => number | undefined) | undefined;
  for (const entity of entities) {
    const typeName = entity['__typename'];
    if (typeName !== lastType || indexOf === undefined) {
      lastType = typeName;
      indexOf = indexer(batch, telling(typeName));
    }
    const index = indexOf(entity);
    if (index === undefined) continue;
    targets.push(entity);
    indexes.push(index);
  }
  if (targets.length === 0) return false;
  batch.places.push({ cursor, targets, indexes, done });
  return true;
};

const indexer = (batch: OpenBatch, teller: Teller): ((entity: JsonObject) => number | undefined) => {
  const { write, readLeaves } = teller;
  if (readLeaves === undefined) {
    return (entity) => {
      const json = write(entity);
      return json === undefined ? undefined : indexOfJson(batch, json);
    };
  }
  const known = batch.byFirstLeaf.get(teller) ?? new Map<unknown, Told[]>();
  batch.byFirstLeaf.set(teller, known);
  const [readFirst, ...readOthers] = readLeaves as [ReadLeaf, ...ReadLeaf[]];
  return (entity) => {
    const first = readFirst(entity);
    const alike = known.get(first);
    if (alike !== undefined) {
      for (const { others, index } of alike) {
        if (readOthers.every((read, place) => read(entity) === others[place])) return index;
      }
    }
    const json = write(entity);
    if (json === undefined) return undefined;
    const others = readOthers.map((read) => read(entity));
    // Two objects are never the same value, although they may be told alike.
    const isPlain = typeof first !== 'object' && others.every((value) => typeof value !== 'object');
    if (!isPlain || (alike !== undefined && alike.length >= ALIKE_MAX)) return indexOfJson(batch, json);
    // Told in one way, another type or another value is another text.
    const index = batch.telling === undefined ? indexOfJson(batch, json) : add(batch, json);
    if (alike === undefined) known.set(first, [{ others, index }]);
    else alike.push({ others, index });
    return index;
  };
};

const indexOfJson = (batch: OpenBatch, json: string): number => {
  batch.byJson ??= new Map(batch.json.map((each, index) => [each, index]));
  return batch.byJson.get(json) ?? add(batch, json);
};

const add = (batch: OpenBatch, json: string): number => {
  const index = batch.json.length;
  batch.json.push(json);
  batch.byJson?.set(json, index);
  return index;
};

/** The part of a batch that one place wants, as a batch of its own. */
export const partOf = ({ json }: EntityBatch, place: Place): EntityBatch => {
  const own = [...new Set(place.indexes)];
  const moved = new Map(own.map((index, position) => [index, position]));
  return {
    json: own.map((index) => json[index] ?? ''),
    places: [{ ...place, indexes: place.indexes.map((index) => moved.get(index) ?? 0) }],
  };
};
