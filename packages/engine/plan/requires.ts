import type { SchemaFacts } from '../schema-facts.ts';
import { isJsonObject, readerOf, writeKey, type JsonObject } from './json-object.ts';
import type { RequiredField, RequiredFragment, RequiredSelection } from './plan-json.ts';

/** Reads from an entity what a subgraph must be told about it, or undefined when a part of that is not known. */
export type ReadRepresentation = (entity: JsonObject) => JsonObject | undefined;

/**
 * Compiles the `requires` of a fetch.
 *
 * A field that is missing, also deep inside, makes the whole representation undefined: whoever failed to bring it has
 * said so, and a subgraph must not be told null where the truth is unknown. A field that is null is told as null.
 *
 * @param unneeded keys that are left out when they are missing, because nothing that is asked for needs them.
 */
export const compileRequires = (
  selections: readonly RequiredSelection[],
  facts: SchemaFacts,
  unneeded: ReadonlySet<string> = none,
): ReadRepresentation => {
  const steps = selections.map((selection) =>
    selection.kind === 'Field'
      ? fieldStep(selection, facts, unneeded)
      : fragmentStep(selection, facts, unneeded),
  );
  return (entity) => {
    const representation: JsonObject = {};
    for (const step of steps) if (!step(entity, representation)) return undefined;
    return representation;
  };
};

/** Adds its part to the representation; false when it cannot. */
type Step = (entity: JsonObject, representation: JsonObject) => boolean;

const none: ReadonlySet<string> = new Set();

const fieldStep = (
  { name, alias, selections }: RequiredField,
  facts: SchemaFacts,
  unneeded: ReadonlySet<string>,
): Step => {
  const key = alias ?? name;
  const mayMiss = unneeded.has(key);
  const read = readerOf(key);
  const inner = selections && compileRequires(selections, facts);
  const project = (value: unknown): unknown => {
    if (Array.isArray(value)) return projectList(value, project);
    if (inner === undefined || value === null || value === undefined) return value;
    return isJsonObject(value) ? inner(value) : undefined;
  };
  return (entity, representation) => {
    const value = project(read(entity));
    if (value === undefined) return mayMiss;
    const part: JsonObject = {};
    // Several fragments may want different parts of one object.
    if (inner !== undefined && isJsonObject(read(representation))) {
      writeKey(part, key, value);
      facts.merge(representation, part);
    } else {
      writeKey(representation, key, value);
    }
    return true;
  };
};

const projectList = (values: readonly unknown[], project: (value: unknown) => unknown): unknown => {
  const projected = values.map(project);
  return projected.includes(undefined) ? undefined : projected;
};

const fragmentStep = (
  { typeCondition, selections }: RequiredFragment,
  facts: SchemaFacts,
  unneeded: ReadonlySet<string>,
): Step => {
  const inner = compileRequires(selections, facts, unneeded);
  return (entity, representation) => {
    if (typeCondition !== undefined && !facts.applies(typeCondition, entity['__typename'])) return true;
    const part = inner(entity);
    if (part === undefined) return false;
    facts.merge(representation, part);
    return true;
  };
};
