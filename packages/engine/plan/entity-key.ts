import type { SchemaFacts } from '../schema-facts.ts';
import { readerOf, type JsonObject } from './json-object.ts';
import type { RequiredSelection } from './plan-json.ts';

/** Equal for entities that would be told alike; undefined when that takes a closer look. */
export type ReadEntityKey = (entity: JsonObject) => string | undefined;

/** More types than an entity can have are made up by a subgraph. */
const typesMax = 256;

/**
 * Compiles a quick way to see that entities are the same, without making their representations: one text of all the
 * leaves that would be told. Undefined when more than leaves are required.
 */
export const compileEntityKey = (
  selections: readonly RequiredSelection[],
  facts: SchemaFacts,
): ReadEntityKey | undefined => {
  if (!selections.every(selectsLeaves)) return undefined;
  const readersByType = new Map<string, readonly Reader[]>();
  const readersFor = (typeName: string): readonly Reader[] => {
    const known = readersByType.get(typeName);
    if (known !== undefined) return known;
    const readers = [...new Set(keysFor(selections, facts, typeName))].map(readerOf);
    if (readersByType.size < typesMax) readersByType.set(typeName, readers);
    return readers;
  };
  return (entity) => {
    const typeName = entity['__typename'];
    if (typeof typeName !== 'string') return undefined;
    let key = typeName;
    for (const read of readersFor(typeName)) {
      const value = read(entity);
      // Lengths keep "a" and "b" apart from "ab" and "".
      if (typeof value === 'string') key += `\n${value.length}:${value}`;
      else if (typeof value === 'number') key += `\n#${value}`;
      else return undefined;
    }
    return key;
  };
};

type Reader = (entity: JsonObject) => unknown;

const selectsLeaves = (selection: RequiredSelection): boolean =>
  selection.kind === 'Field' ? selection.selections === undefined : selection.selections.every(selectsLeaves);

const keysFor = (
  selections: readonly RequiredSelection[],
  facts: SchemaFacts,
  typeName: string,
): readonly string[] =>
  selections.flatMap((selection) => {
    if (selection.kind === 'Field') return [selection.alias ?? selection.name];
    const { typeCondition } = selection;
    const isMeant = typeCondition === undefined || facts.applies(typeCondition, typeName);
    return isMeant ? keysFor(selection.selections, facts, typeName) : [];
  });
