import type { SchemaFacts } from '../schema-facts.ts';
import { positionsAt, type Cursor, type Position } from './cursor.ts';
import { isJsonObject, readerOf, type JsonObject } from './json-object.ts';
import type { KeyRenamer } from './plan-json.ts';
import { typeConditionOf } from './rewrites.ts';

/** What the objects around an entity say (`@fromContext`), as variables of its fetch. */
export type ReadContext = (position: Position) => Readonly<Record<string, unknown>>;

/** Compiles the `contextRewrites` of a fetch. Each `..` climbs one field; indices of lists do not count. */
export const compileContext = (
  rewrites: readonly KeyRenamer[] | undefined,
  facts: SchemaFacts,
): ReadContext | undefined => {
  if (rewrites === undefined || rewrites.length === 0) return undefined;
  const readers = rewrites.map((rewrite) => ({
    variable: rewrite.renameKeyTo,
    fieldsUp: rewrite.path.filter((element) => element === '..').length,
    read: descend(
      rewrite.path.filter((element) => element !== '..'),
      facts,
    ),
  }));
  return ({ holders }) => {
    const values: Record<string, unknown> = {};
    for (const { variable, fieldsUp, read } of readers) {
      const value = read(holders[holders.length - fieldsUp]);
      if (value !== undefined) values[variable] = value;
    }
    return values;
  };
};

/** Entities that have the values of their contexts in common. */
type ContextGroup = {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly entities: JsonObject[];
};

/** One group per combination of context values, because a context value is a variable of the whole call. */
export const entitiesByContext = (
  root: JsonObject,
  { path, items }: Cursor,
  read: ReadContext,
): Iterable<ContextGroup> => {
  const positions = positionsAt(root, path);
  const groups = new Map<string, ContextGroup>();
  for (const entity of items) {
    const position = positions.get(entity)?.[0];
    const variables = position === undefined ? {} : read(position);
    const key = JSON.stringify(variables);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { variables, entities: [entity] });
    else group.entities.push(entity);
  }
  return groups.values();
};

const descend = (path: readonly string[], facts: SchemaFacts): ((value: unknown) => unknown) => {
  const [element, ...rest] = path;
  if (element === undefined) return (value) => value;
  const inner = descend(rest, facts);
  const condition = typeConditionOf(element);
  const read = readerOf(element);
  const go = (object: JsonObject): unknown => {
    if (condition === undefined) return inner(read(object));
    const typeName = object['__typename'];
    return typeName === undefined || facts.applies(condition, typeName) ? inner(object) : undefined;
  };
  const each = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(each);
    if (value === null) return null;
    return isJsonObject(value) ? go(value) : undefined;
  };
  return each;
};
