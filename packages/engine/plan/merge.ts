import { isInherited, isJsonObject, writeKey, type JsonObject } from './json-object.ts';

/** Puts what a fetch brought into the object that it was fetched for. */
export type Merge = (target: JsonObject, source: JsonObject) => void;

/**
 * Objects are merged deeply, lists of equal length element by element, everything else is replaced. The result does
 * not depend on which of two answers came first: null never erases data, and the name of an interface never erases the
 * name of an object type (a subgraph that knows the interface as an `@interfaceObject` cannot tell the type).
 *
 * `source` is not copied: parts of it may become parts of several targets.
 */
export const mergeBy = (isAbstract: (typeName: string) => boolean): Merge => {
  const merge: Merge = (target, source) => {
    for (const key of Object.keys(source)) {
      const incoming = source[key];
      if (incoming === undefined) continue;
      const found = target[key];
      // Only what is found can be inherited. That is rare, and to look it up for every key is not cheap.
      const isOwn = found === undefined || !isInherited(key) || Object.hasOwn(target, key);
      const present = isOwn ? found : undefined;
      if (present === undefined || present === null) writeKey(target, key, incoming);
      else if (incoming !== null && incoming !== present) replace(target, key, present, incoming);
    }
  };

  const replace = (target: JsonObject, key: string, present: unknown, incoming: unknown): void => {
    if (isJsonObject(present) && isJsonObject(incoming)) merge(present, incoming);
    else if (areEquallyLong(present, incoming)) mergeLists(present, incoming as readonly unknown[]);
    else if (key !== '__typename' || typeof incoming !== 'string' || !isAbstract(incoming)) {
      writeKey(target, key, incoming);
    }
  };

  const mergeLists = (target: unknown[], source: readonly unknown[]): void => {
    for (let index = 0; index < source.length; index += 1) {
      const incoming = source[index];
      const present = target[index];
      if (incoming === null || incoming === present) continue;
      if (isJsonObject(present) && isJsonObject(incoming)) merge(present, incoming);
      else if (areEquallyLong(present, incoming)) mergeLists(present, incoming as readonly unknown[]);
      else target[index] = incoming;
    }
  };

  return merge;
};

const areEquallyLong = (left: unknown, right: unknown): left is unknown[] =>
  Array.isArray(left) && Array.isArray(right) && left.length === right.length;
