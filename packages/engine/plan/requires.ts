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
  unneeded: ReadonlySet<string>,
): ReadRepresentation => {
  const add = compileSteps(selections, facts, unneeded);
  return (entity) => {
    const representation: JsonObject = {};
    return add(entity, representation) ? representation : undefined;
  };
};

/** Adds its part to the representation; false when it cannot. */
type Step = (entity: JsonObject, representation: JsonObject) => boolean;

const compileSteps = (
  selections: readonly RequiredSelection[],
  facts: SchemaFacts,
  unneeded: ReadonlySet<string>,
): Step => {
  const steps = selections.map((selection) =>
    selection.kind === 'Field'
      ? fieldStep(selection, facts, unneeded)
      : fragmentStep(selection, facts, unneeded),
  );
  return (entity, representation) => {
    for (const step of steps) if (!step(entity, representation)) return false;
    return true;
  };
};

const fieldStep = (
  { name, alias, selections }: RequiredField,
  facts: SchemaFacts,
  unneeded: ReadonlySet<string>,
): Step => {
  const key = alias ?? name;
  const mayMiss = unneeded.has(key);
  const read = readerOf(key);
  if (selections === undefined) {
    return (entity, representation) => {
      const value = read(entity);
      if (value === undefined) return mayMiss;
      writeKey(representation, key, value);
      return true;
    };
  }
  const project = projector(compileRequires(selections, facts, unneeded));
  return (entity, representation) => {
    const value = project(read(entity));
    if (value === undefined) return mayMiss;
    const part: JsonObject = {};
    writeKey(part, key, value);
    // Several fragments may want different parts of one object.
    facts.merge(representation, part);
    return true;
  };
};

const projector = (inner: ReadRepresentation): ((value: unknown) => unknown) => {
  const project = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const projected = value.map(project);
      return projected.includes(undefined) ? undefined : projected;
    }
    if (value === null) return null;
    return isJsonObject(value) ? inner(value) : undefined;
  };
  return project;
};

const fragmentStep = (
  { typeCondition, selections }: RequiredFragment,
  facts: SchemaFacts,
  unneeded: ReadonlySet<string>,
): Step => {
  const add = compileSteps(selections, facts, unneeded);
  if (typeCondition === undefined) return add;
  return (entity, representation) =>
    !facts.applies(typeCondition, entity['__typename']) || add(entity, representation);
};
