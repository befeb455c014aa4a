import type { SchemaFacts } from '../schema-facts.ts';
import { isJsonObject, readerOf, writeKey, type JsonObject } from './json-object.ts';
import type { Rewrite } from './plan-json.ts';

/** Alters a value in place. Lists are altered element by element; what is not there is left alone. */
export type Alter = (value: unknown) => void;

/**
 * Compiles the rewrites of a fetch: `ValueSetter` (an entity is asked by the name of its interface) and `KeyRenamer`
 * (fields whose types cannot be merged were asked under names of the planner's choice).
 */
export const compileRewrites = (
  rewrites: readonly Rewrite[] | undefined,
  facts: SchemaFacts,
): Alter | undefined => {
  if (rewrites === undefined || rewrites.length === 0) return undefined;
  const all = rewrites.map((rewrite) => compileRewrite(rewrite, facts));
  return (value) => {
    for (const alter of all) alter(value);
  };
};

/** The names that the planner chose, to the names that they stand for; for paths of errors. */
export const renamedKeys = (rewrites: readonly Rewrite[] = []): ReadonlyMap<unknown, string> =>
  new Map(
    rewrites.flatMap((rewrite) =>
      rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1), rewrite.renameKeyTo]] : [],
    ),
  );

/** `... on Type` as an element of a rewrite's path. */
export const typeConditionOf = (element: string): string | undefined =>
  element.startsWith('... on ') ? element.slice('... on '.length) : undefined;

const compileRewrite = (rewrite: Rewrite, facts: SchemaFacts): Alter => {
  const last = rewrite.path.at(-1) ?? '';
  const final =
    rewrite.kind === 'ValueSetter' ? setter(last, rewrite.setValueTo) : renamer(last, rewrite.renameKeyTo);
  return rewrite.path
    .slice(0, -1)
    .reduceRight((inner, element) => step(element, inner, facts), onObjects(final));
};

const setter = (key: string, value: unknown) => (object: JsonObject) => {
  writeKey(object, key, value);
};

/** Any value that is there is renamed: 0, "", false and null too. */
const renamer = (from: string, to: string) => {
  const read = readerOf(from);
  return (object: JsonObject) => {
    const value = read(object);
    if (value === undefined) return;
    delete object[from];
    writeKey(object, to, value);
  };
};

const step = (element: string, inner: Alter, facts: SchemaFacts): Alter => {
  const condition = typeConditionOf(element);
  if (condition === undefined) {
    const read = readerOf(element);
    return onObjects((object) => {
      inner(read(object));
    });
  }
  // An object that does not say its type was asked for where only this type can be.
  return onObjects((object) => {
    const typeName = object['__typename'];
    if (typeName === undefined || facts.applies(condition, typeName)) inner(object);
  });
};

const onObjects = (work: (object: JsonObject) => void): Alter => {
  const alter: Alter = (value) => {
    if (Array.isArray(value)) for (const each of value) alter(each);
    else if (isJsonObject(value)) work(value);
  };
  return alter;
};
