import type { SchemaFacts } from '../schema-facts.ts';
import { textJson } from '../shape/json-text.ts';
import { readerOf, type JsonObject } from './json-object.ts';
import type { RequiredSelection } from './plan-json.ts';
import { compileRequires } from './requires.ts';
import type { Alter } from './rewrites.ts';

/** How the entities of a fetch are told to a subgraph, by what they say their type is. */
export type Telling = (typeName: unknown) => Teller;

export type Teller = {
  /** The representation in JSON, or undefined when a part of it is not known. */
  readonly write: (entity: JsonObject) => string | undefined;
  /** What beside the type makes a difference, where only leaves are told; undefined elsewhere. */
  readonly readLeaves: readonly ((entity: JsonObject) => unknown)[] | undefined;
};

/** How a fetch wants its entities told. */
export type Requirement = {
  readonly selections: readonly RequiredSelection[];
  readonly alter: Alter | undefined;
  /** Keys that are left out when they are missing, because nothing that is asked for needs them. */
  readonly unneeded: ReadonlySet<string>;
};

/** More types than an entity can have are made up by a subgraph. */
const typesMax = 256;

/**
 * Compiles the telling of entities. Where only leaves are told, which is nearly always, the text is written directly;
 * otherwise a representation is read, altered and turned into text. Both write the same.
 */
export const compileTelling = (requirement: Requirement, facts: SchemaFacts): Telling => {
  const { selections, alter } = requirement;
  const isPlain = alter === undefined && selections.every(selectsLeaves);
  const general = { write: generalWriter(requirement, facts), readLeaves: undefined };
  if (!isPlain) return () => general;
  const tellers = new Map<string, Teller>();
  return (typeName) => {
    if (typeof typeName !== 'string') return untold;
    const known = tellers.get(typeName);
    if (known !== undefined) return known;
    const teller = leavesTeller(requirement, facts, typeName);
    if (tellers.size < typesMax) tellers.set(typeName, teller);
    return teller;
  };
};

/**
 * Tells only entities that the subgraph can find. Where a plan joins what it asks of some types with what a field of an
 * interface requires, an entity of another type is told by what is required, without any key: nobody wants it asked about.
 */
export const toldByKey = (
  telling: Telling,
  { service, selections }: { readonly service: string; readonly selections: readonly RequiredSelection[] },
  facts: SchemaFacts,
): Telling => {
  // A single fragment has the key in it.
  if (selections.length < 2) return telling;
  const known = new Map<unknown, boolean>();
  const hasKey = (typeName: string): boolean => {
    const told = new Set(keysFor(selections, facts, typeName));
    const keys = facts.entityKeys(service, typeName);
    return keys.length === 0 || keys.some((names) => names.every((name) => told.has(name)));
  };
  return (typeName) => {
    if (typeof typeName !== 'string') return untold;
    const isKnown = known.get(typeName) ?? hasKey(typeName);
    if (known.size < typesMax) known.set(typeName, isKnown);
    return isKnown ? telling(typeName) : untold;
  };
};

/** An entity without a type cannot be asked about. */
const untold: Teller = { write: () => undefined, readLeaves: undefined };

const generalWriter = ({ selections, alter, unneeded }: Requirement, facts: SchemaFacts): Teller['write'] => {
  const read = compileRequires(selections, facts, unneeded);
  return (entity) => {
    const representation = read(entity);
    // Before it is altered: a rewrite gives a type also to what no fragment was meant for.
    if (typeof representation?.['__typename'] !== 'string') return undefined;
    alter?.(representation);
    return JSON.stringify(representation);
  };
};

const leavesTeller = (
  { selections, unneeded }: Requirement,
  facts: SchemaFacts,
  typeName: string,
): Teller => {
  const keys = new Set(keysFor(selections, facts, typeName));
  if (!keys.delete('__typename')) return untold;
  const head = `{"__typename":${JSON.stringify(typeName)}`;
  const leaves = [...keys].map((key) => ({
    label: `,${JSON.stringify(key)}:`,
    read: readerOf(key),
    mayMiss: unneeded.has(key),
  }));
  return {
    write: (entity) => {
      let json = head;
      for (const { label, read, mayMiss } of leaves) {
        const value = read(entity);
        if (value !== undefined) json += label + leafJson(value);
        else if (!mayMiss) return undefined;
      }
      return `${json}}`;
    },
    readLeaves: leaves.length === 0 ? undefined : leaves.map(({ read }) => read),
  };
};

const leafJson = (value: unknown): string =>
  typeof value === 'string' ? textJson(value) : JSON.stringify(value);

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
