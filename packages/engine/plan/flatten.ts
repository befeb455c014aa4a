import type { Cursor } from './cursor.ts';
import type { Execution } from './execution.ts';
import { isJsonObject, readerOf, writeKey, type JsonObject } from './json-object.ts';
import { sameObjects } from './same-objects.ts';

export type Flatten = (execution: Execution, cursor: Cursor) => Cursor;

/** What was found at a path from the root, for as long as no answer brings other objects. */
export type Visit = { readonly cursor: Cursor; readonly structure: number };

/**
 * Moves down from a cursor: the objects at `path` below its items, each once. Branches that end in null vanish.
 *
 * @param mayFold objects there that say the same become one object in the response when they are first visited: what is
 *   asked about it then is asked, merged and written once. Nobody has been told about them before, and whatever is done at
 *   one of their places is done at all.
 */
export const compileFlatten = (path: readonly string[], mayFold: boolean): Flatten => {
  const steps = path.map(stepTo);
  const last = steps.at(-1);
  const key = path.join('/');

  const itemsBelow = (values: readonly unknown[]): readonly JsonObject[] => {
    let found = values;
    for (const step of steps) found = step.values(found);
    return found.filter(isJsonObject);
  };
  const foldedBelow = (values: readonly unknown[], shared: Execution['shared']): readonly JsonObject[] => {
    let holders = values;
    for (const step of steps.slice(0, -1)) holders = step.values(holders);
    const same = sameObjects(shared);
    last?.replace(holders, same.of);
    return same.all;
  };

  return (execution, cursor) => {
    const { visits, progress, shared } = execution;
    const isFromRoot = cursor.path.length === 0;
    const visit = isFromRoot ? visits.get(key) : undefined;
    if (visit?.structure === progress.structure) return visit.cursor;
    const isFirst = isFromRoot && visit === undefined;
    const items =
      mayFold && isFirst
        ? foldedBelow(cursor.items, shared)
        : eachOnce(itemsBelow(cursor.items), shared.size > 0);
    const moved = { path: isFromRoot ? path : [...cursor.path, ...path], items };
    if (isFromRoot) visits.set(key, { cursor: moved, structure: progress.structure });
    return moved;
  };
};

const eachOnce = (items: readonly JsonObject[], mayRepeat: boolean): readonly JsonObject[] =>
  mayRepeat ? [...new Set(items)] : items;

type Step = {
  readonly values: (holders: readonly unknown[]) => readonly unknown[];
  /** Puts what `of` gives for an object in its place. */
  readonly replace: (holders: readonly unknown[], of: (object: JsonObject) => JsonObject) => void;
};

const stepTo = (element: string): Step => (element === '@' ? toElements : toKey(element));

const toElements: Step = {
  values: (lists) => {
    const elements: unknown[] = [];
    for (const list of lists) {
      if (!Array.isArray(list)) continue;
      for (const element of list) if (element !== null && element !== undefined) elements.push(element);
    }
    return elements;
  },
  replace: (lists, of) => {
    for (const list of lists as readonly unknown[][]) {
      if (!Array.isArray(list)) continue;
      for (let index = 0; index < list.length; index += 1) {
        const element = list[index];
        if (!isJsonObject(element)) continue;
        const same = of(element);
        if (same !== element) list[index] = same;
      }
    }
  },
};

const toKey = (key: string): Step => {
  const read = readerOf(key);
  return {
    values: (holders) => {
      const found: unknown[] = [];
      for (const holder of holders) {
        const value = isJsonObject(holder) ? read(holder) : undefined;
        if (value !== null && value !== undefined) found.push(value);
      }
      return found;
    },
    replace: (holders, of) => {
      for (const holder of holders) {
        const value = isJsonObject(holder) ? read(holder) : undefined;
        if (!isJsonObject(value) || !isJsonObject(holder)) continue;
        const same = of(value);
        if (same !== value) writeKey(holder, key, same);
      }
    },
  };
};
