import { isJsonObject, readerOf, type JsonObject } from './json-object.ts';

/** Where in the response a plan node works: the objects that its fetches are about. */
export type Cursor = {
  /** From the root; `@` stands for every element of a list. */
  readonly path: readonly string[];
  readonly items: readonly JsonObject[];
};

export type ResponsePath = readonly (string | number)[];

/** One place of an object in the response. The same object may have several. */
export type Position = {
  readonly path: ResponsePath;
  /** The objects from the root down to it, itself left out. */
  readonly holders: readonly JsonObject[];
};

/** Moves down from a cursor: the objects at `path` below its items. Branches that end in null vanish. */
export const compileFlatten = (path: readonly string[]): ((cursor: Cursor) => Cursor) => {
  const steps = path.map((element) => (element === '@' ? elementsOf : valuesOf(element)));
  return (cursor) => {
    let values: readonly unknown[] = cursor.items;
    for (const step of steps) values = step(values);
    return { path: [...cursor.path, ...path], items: values.filter(isJsonObject) };
  };
};

const elementsOf = (values: readonly unknown[]): readonly unknown[] => {
  const elements: unknown[] = [];
  for (const value of values) {
    if (!Array.isArray(value)) continue;
    for (const element of value) if (element !== null && element !== undefined) elements.push(element);
  }
  return elements;
};

const valuesOf = (key: string) => {
  const read = readerOf(key);
  return (values: readonly unknown[]): readonly unknown[] => {
    const found: unknown[] = [];
    for (const value of values) {
      const inner = isJsonObject(value) ? read(value) : undefined;
      if (inner !== null && inner !== undefined) found.push(inner);
    }
    return found;
  };
};

/**
 * Every position of every object at `path`, by walking the response from its root. Costs as much as the path is wide:
 * only for errors and contexts.
 */
export const positionsAt = (
  root: JsonObject,
  path: readonly string[],
): ReadonlyMap<JsonObject, readonly Position[]> => {
  const positions = new Map<JsonObject, Position[]>();
  const walk = (value: unknown, depth: number, position: Position): void => {
    const element = path[depth];
    if (element === undefined) {
      if (!isJsonObject(value)) return;
      const known = positions.get(value);
      if (known === undefined) positions.set(value, [position]);
      else known.push(position);
    } else if (element !== '@') {
      if (!isJsonObject(value)) return;
      const inner = readerOf(element)(value);
      walk(inner, depth + 1, {
        path: [...position.path, element],
        holders: [...position.holders, value],
      });
    } else if (Array.isArray(value)) {
      for (const [index, inner] of value.entries()) {
        walk(inner, depth + 1, { ...position, path: [...position.path, index] });
      }
    }
  };
  walk(root, 0, { path: [], holders: [] });
  return positions;
};
