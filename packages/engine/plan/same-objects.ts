import type { JsonObject } from './json-object.ts';

/** More objects with the same first leaf are not compared. */
const ALIKE_MAX = 8;

/**
 * Finds objects that say the same: those of leaves alone, with the same keys and values.
 *
 * @param shared is told every object that stands for others too.
 */
export const sameObjects = (shared: Set<JsonObject>) => {
  const all: JsonObject[] = [];
  const byLeaf = new Map<unknown, JsonObject[]>();
  /** The first object that says the same as this one; often it is the first itself. */
  const of = (object: JsonObject): JsonObject => {
    const leaf = firstLeaf(object);
    const alike = byLeaf.get(leaf);
    for (const known of alike ?? []) {
      if (known === object) return known;
      if (!saysTheSame(known, object)) continue;
      shared.add(known);
      return known;
    }
    all.push(object);
    if (leaf === undefined) return object;
    if (alike === undefined) byLeaf.set(leaf, [object]);
    else if (alike.length < ALIKE_MAX) alike.push(object);
    return object;
  };
  return { all, of };
};

/** What entities differ by most likely: the first of their keys. */
const firstLeaf = (object: JsonObject): unknown => {
  for (const key in object) {
    if (key === '__typename') continue;
    const value = object[key];
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  }
  return undefined;
};

const saysTheSame = (known: JsonObject, object: JsonObject): boolean => {
  let more = 0;
  for (const key in known) {
    const value = known[key];
    if (value !== object[key] || (typeof value === 'object' && value !== null)) return false;
    more += 1;
  }
  for (const _ in object) more -= 1;
  return more === 0;
};
