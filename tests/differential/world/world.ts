import {
  getArgumentValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type GraphQLOutputType,
  type SelectionSetNode,
} from 'graphql';
import { fieldFactsOf, keysOf, topFields, type FieldFacts, type Schemas } from './field-facts.ts';
import { canonical, hashOf, pick } from './hash.ts';

/** An entity, a part of one, or a root. */
export type Thing = { readonly typeName: string; readonly identity: string };

/** Fields that throw. */
export type Fails = (thing: Thing, fieldName: string, facts: FieldFacts) => boolean;
export const nothingFails: Fails = () => false;

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Data for any graph, without writing any: the value of a field follows from what it belongs to, its name and its arguments by
 * a hash. Subgraphs and the one graph that is the truth ask the same world, so they agree without knowing each other.
 *
 * A field with `@requires` depends on what was required too; a subgraph computes it from what it was told and nothing else, so
 * that a wrong representation shows in the answer.
 */
export type World = {
  readonly value: (thing: Thing, fieldName: string, args: Arguments, fails: Fails, told?: object) => unknown;
  /** The entity that a representation means. */
  readonly find: (subgraph: string, typeName: string, representation: object) => Thing | undefined;
  readonly factsOf: (typeName: string, fieldName: string) => FieldFacts;
};

/** So few that the same entity is met in several places. */
const ENTITIES_PER_TYPE = 3;
/** One value of so many that may be null is. */
const NULL_SHARE = 9;

export const worldOf = (schemas: Schemas): World => {
  const factsOf = fieldFactsOf(schemas);
  const entities = entitiesOf(schemas);
  const numberOf = new Map([...entities.values()].flat().map(({ identity }, index) => [identity, index + 1]));

  const value: World['value'] = (thing, fieldName, args, fails, told) => {
    const facts = factsOf(thing.typeName, fieldName);
    if (fails(thing, fieldName, facts)) throw new Error(`${fieldName} of ${thing.identity} failed`);
    if (facts.isKey && isLeafType(getNamedType(facts.types[0] as GraphQLOutputType))) {
      return keyValue(thing, fieldName, facts);
    }
    const required =
      facts.requires === undefined
        ? ''
        : canonical(
            told === undefined ? requiredOf(thing, facts.requires, fails) : toldOf(facts.requires, told),
          );
    const seed = hashOf(thing.identity, fieldName, canonical(args), required);
    return valueOfTypes(facts, facts.types, seed, `${fieldName}-${thing.identity}-${required}`);
  };

  const keyValue = ({ identity }: Thing, fieldName: string, { types }: FieldFacts): unknown => {
    const { name } = getNamedType(types[0] as GraphQLOutputType);
    if (name === 'Int') return numberOf.get(identity) ?? hashOf(identity) % 1_000;
    return fieldName === 'id' ? identity : `${fieldName}:${identity}`;
  };

  const valueOfTypes = (
    facts: FieldFacts,
    types: readonly GraphQLOutputType[],
    seed: number,
    label: string,
  ): unknown => {
    const isNull = !facts.isKey && !types.some(isNonNullType) && hashOf(seed, 'null') % NULL_SHARE === 0;
    if (isNull) return null;
    const nullable = types.map((type) => getNullableType(type));
    if (isListType(nullable[0])) {
      const items = nullable.map((type) => (isListType(type) ? type.ofType : type));
      const length = hashOf(seed, 'length') % 4;
      return Array.from({ length }, (_, index) =>
        valueOfTypes(facts, items, hashOf(seed, index), `${label}-${index}`),
      );
    }
    const { name } = getNamedType(types[0] as GraphQLOutputType);
    if (facts.values.length > 0) return pick(facts.values, seed);
    if (facts.concrete.length === 0) return leaf(name, seed, label);
    const typeName = pick(facts.concrete, hashOf(seed, 'type'));
    const pool = entities.get(typeName);
    return pool === undefined
      ? { typeName, identity: `${name}${hashOf(seed, label).toString(36)}` }
      : pick(pool, hashOf(seed, 'entity'));
  };

  /** What a gateway would tell of `thing`, when it knows everything. */
  const requiredOf = (thing: Thing, selectionSet: SelectionSetNode, fails: Fails): object => {
    const type = schemas.supergraph.getType(thing.typeName);
    if (!isObjectType(type)) throw new Error(`${thing.typeName} is no object type`);
    const all: Record<string, unknown> = {};
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        if (condition === undefined || isA(schemas, thing.typeName, condition)) {
          Object.assign(all, requiredOf(thing, selection.selectionSet, fails));
        }
        continue;
      }
      const name = selection.name.value;
      if (name === '__typename') continue;
      const field = type.getFields()[name];
      if (field === undefined) throw new Error(`${thing.typeName} has no ${name}`);
      all[name] = outcome(factsOf(thing.typeName, name), () =>
        requiredValue(
          value(thing, name, getArgumentValues(field, selection), fails),
          selection.selectionSet,
          fails,
        ),
      );
    }
    return all;
  };

  const requiredValue = (
    found: unknown,
    selectionSet: SelectionSetNode | undefined,
    fails: Fails,
  ): unknown => {
    if (selectionSet === undefined || found === null) return found;
    if (Array.isArray(found)) return found.map((item) => requiredValue(item, selectionSet, fails));
    return requiredOf(found as Thing, selectionSet, fails);
  };

  const matches = (thing: Thing, key: SelectionSetNode, told: unknown): boolean =>
    typeof told === 'object' &&
    told !== null &&
    key.selections.every((selection) => {
      if (selection.kind !== Kind.FIELD) return true;
      const name = selection.name.value;
      const own = value(thing, name, {}, nothingFails);
      const said = (told as Record<string, unknown>)[name];
      if (selection.selectionSet === undefined) return own === said;
      return own === null ? said === null : matches(own as Thing, selection.selectionSet, said);
    });

  return {
    value,
    factsOf,
    find: (subgraph, typeName, representation) => {
      const key = keysOf(schemas, typeName, subgraph).find((each) =>
        topFields(each).every((name) => name in representation),
      );
      if (key === undefined) throw new Error(`no key in ${canonical(representation)}`);
      const possible = [...entities].flatMap(([name, pool]) => (isA(schemas, name, typeName) ? pool : []));
      return possible.find((thing) => matches(thing, key, representation));
    },
  };
};

const isA = ({ supergraph }: Schemas, typeName: string, condition: string): boolean => {
  const abstract = supergraph.getType(condition);
  if (typeName === condition || !isAbstractType(abstract)) return typeName === condition;
  return supergraph.getPossibleTypes(abstract).some(({ name }) => name === typeName);
};

/** A field that fails is null where it may be. */
const outcome = ({ isNullable }: FieldFacts, work: () => unknown): unknown => {
  if (!isNullable) return work();
  try {
    return work();
  } catch {
    return null;
  }
};

/** Of what a subgraph was told only what it requires: keys and types stand there too. */
const toldOf = (selectionSet: SelectionSetNode, told: unknown): unknown => {
  if (Array.isArray(told)) return told.map((item) => toldOf(selectionSet, item));
  if (typeof told !== 'object' || told === null) return told;
  const all: Record<string, unknown> = {};
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      const said = (told as Record<string, unknown>)[name];
      if (said === undefined || name === '__typename') continue;
      all[name] = selection.selectionSet === undefined ? said : toldOf(selection.selectionSet, said);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      Object.assign(all, toldOf(selection.selectionSet, told));
    }
  }
  return all;
};

const entitiesOf = (schemas: Schemas): ReadonlyMap<string, readonly Thing[]> =>
  new Map(
    Object.values(schemas.supergraph.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => keysOf(schemas, name).length > 0)
      .map(({ name }) => [
        name,
        Array.from({ length: ENTITIES_PER_TYPE }, (_, index) => ({
          typeName: name,
          identity: `${name}${index + 1}`,
        })),
      ]),
  );

/** Falsy values are as likely as others: that is where they get lost. */
const leaf = (typeName: string, seed: number, label: string): unknown => {
  switch (typeName) {
    case 'Int':
      return pick([0, 1, -3, seed % 1_000], hashOf(seed, 'int'));
    case 'Float':
      return pick([0, 1.5, (seed % 1_000) / 4], hashOf(seed, 'float'));
    case 'Boolean':
      return seed % 2 === 0;
    case 'String':
    case 'ID':
      return pick(['', label, label], hashOf(seed, 'text'));
    default:
      // Keys that no field can have: renaming fields leaves them alone.
      return pick(
        [
          0,
          '',
          label,
          false,
          [label, [1]],
          { 'not-a-name': label, 'no-name': null },
          { '0': [{ '1': label }] },
        ],
        hashOf(seed, 'json'),
      );
  }
};
