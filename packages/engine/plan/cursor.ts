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
  /** Counts the places at one path, in the order of the response. */
  readonly place: number;
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
  let place = 0;
  const walk = (value: unknown, depth: number, position: Omit<Position, 'place'>): void => {
    const element = path[depth];
    if (element === undefined) {
      if (!isJsonObject(value)) return;
      const found = { ...position, place };
      place += 1;
      const known = positions.get(value);
      if (known === undefined) positions.set(value, [found]);
      else known.push(found);
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
