import {
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type SelectionSetNode,
} from 'graphql';
import { isJsonObject, readerOf, writeKey, type JsonObject } from '../plan/json-object.ts';
import { collectFields, type Selected } from './collect-fields.ts';
import { leafReader } from './leaf-values.ts';
import { noteProblem, type ShapeState } from './shape-state.ts';

/** The value as the client gets it; undefined when it cannot even be null, and the parent has to be null instead. */
type Complete = (value: unknown, state: ShapeState) => unknown;

/** How one document under one combination of conditions selects. */
export type Shaping = Selected & {
  /** The key under which the data of a field stands. Not the client's own where that could meet the planner's. */
  readonly dataKeyOf: (responseKey: string) => string;
};

/** Turns the merged data of an operation into its response, or null. */
export type Shape = (root: JsonObject, state: ShapeState) => JsonObject | null;

/**
 * Compiles the shape of a response: exactly what was selected, in the order of the specification, nothing that the
 * schema forbids. Selections below a field are compiled when the first object of a type arrives.
 *
 * @see GraphQL specification, October 2021, sections 6.4.3 Value Completion, 6.4.4 Handling Field Errors.
 */
export const compileShape = (
  shaping: Shaping,
  rootType: GraphQLObjectType,
  selectionSet: SelectionSetNode,
): Shape => {
  const write = compileObject(shaping, rootType, [selectionSet]);
  return (root, state) => write(root, state);
};

type WriteObject = (value: JsonObject, state: ShapeState) => JsonObject | null;

type FieldShape = { readonly key: string; readonly isPlain: boolean; readonly complete: CompleteField };
type CompleteField = (parent: JsonObject, state: ShapeState) => unknown;

const compileObject = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): WriteObject => {
  const fields = [...collectFields(shaping, type, selectionSets)].flatMap(([key, nodes]): FieldShape[] => {
    const complete = compileField(shaping, type, key, nodes);
    return complete === undefined ? [] : [{ key, isPlain: key !== '__proto__', complete }];
  });
  return (value, state) => {
    const written: JsonObject = {};
    for (const { key, isPlain, complete } of fields) {
      state.search?.path.push(key);
      const completed = complete(value, state);
      state.search?.path.pop();
      if (completed === undefined) return null;
      if (isPlain) written[key] = completed;
      else writeKey(written, key, completed);
    }
    return written;
  };
};

const compileField = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  key: string,
  nodes: readonly FieldNode[],
): CompleteField | undefined => {
  const name = nodes[0]?.name.value ?? '';
  if (name === '__typename') return isObjectType(type) ? () => type.name : untold(type.name);
  const read = readerOf(shaping.dataKeyOf(key));
  if (name === '__schema' || name === '__type') {
    const readOwn = readerOf(key);
    return (_, { introspection }) => (introspection && readOwn(introspection)) ?? null;
  }
  const field = type.getFields()[name];
  if (field === undefined) return undefined;
  const selectionSets = nodes.flatMap(({ selectionSet }) =>
    selectionSet === undefined ? [] : [selectionSet],
  );
  const complete = compileType(shaping, field.type, selectionSets, `${type.name}.${name}`);
  return (parent, state) => complete(read(parent), state);
};

/** Nobody said which type the object has, so that it cannot be told, nor the object be answered. */
const untold =
  (interfaceName: string): CompleteField =>
  (_, state) => {
    noteProblem(state, `No subgraph tells the type of this ${interfaceName}.`);
    return undefined;
  };

const compileType = (
  shaping: Shaping,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  field: string,
): Complete => {
  if (isNonNullType(type)) return nonNull(compileType(shaping, type.ofType, selectionSets, field), field);
  if (isListType(type)) return list(compileType(shaping, type.ofType, selectionSets, field), field);
  if (isLeafType(type)) return leaf(leafReader(type), field);
  return isAbstractType(type)
    ? abstract(shaping, type, selectionSets, field)
    : concrete(shaping, type, selectionSets, field);
};

const nonNull =
  (inner: Complete, field: string): Complete =>
  (value, state) => {
    const problemsBefore = state.problemCount;
    const completed = inner(value, state);
    if (completed !== null) return completed;
    // What made the value null has been noted where it happened.
    if (state.problemCount === problemsBefore)
      noteProblem(state, `Cannot return null for non-nullable field ${field}.`);
    return undefined;
  };

const list =
  (inner: Complete, field: string): Complete =>
  (value, state) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return invalid(state, `Expected a list for field ${field}.`);
    const completed: unknown[] = [];
    // Plain loops here and in merging: the entries of long lists cost more than what is done with them.
    for (let index = 0; index < value.length; index += 1) {
      state.search?.path.push(index);
      const each = inner(value[index], state);
      state.search?.path.pop();
      if (each === undefined) return null;
      completed.push(each);
    }
    return completed;
  };

const leaf =
  (read: (value: unknown) => unknown, field: string): Complete =>
  (value, state) => {
    if (value === null || value === undefined) return null;
    return read(value) ?? invalid(state, `Invalid value for field ${field}.`);
  };

const concrete = (
  shaping: Shaping,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
  field: string,
): Complete => {
  // Compiled when first wanted: most selections of a deep document are never reached by empty lists.
  let write: WriteObject | undefined;
  return (value, state) => {
    if (value === null || value === undefined) return null;
    if (!isJsonObject(value)) return invalid(state, `Expected an object for field ${field}.`);
    const typeName = value['__typename'];
    if (typeName !== undefined && typeName !== type.name) {
      return invalid(state, `Invalid type of an object at field ${field}.`);
    }
    write ??= compileObject(shaping, type, selectionSets);
    return write(value, state);
  };
};

const abstract = (
  shaping: Shaping,
  declared: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  field: string,
): Complete => {
  const writers = new Map<unknown, WriteObject | undefined>();
  const writerFor = (typeName: unknown): WriteObject | undefined => {
    const known = writers.get(typeName);
    if (known !== undefined) return known;
    const type = runtimeType(shaping, declared, typeName);
    if (type === undefined) return undefined;
    const write = compileObject(shaping, type, selectionSets);
    writers.set(typeName, write);
    return write;
  };
  return (value, state) => {
    if (value === null || value === undefined) return null;
    if (!isJsonObject(value)) return invalid(state, `Expected an object for field ${field}.`);
    const write = writerFor(value['__typename']);
    return write === undefined
      ? invalid(state, `Invalid type of an object at field ${field}.`)
      : write(value, state);
  };
};

/** An interface may stand for itself: subgraphs that know it as an `@interfaceObject` say its name. */
const runtimeType = (
  { schema }: Shaping,
  declared: GraphQLCompositeType,
  typeName: unknown,
): GraphQLObjectType | GraphQLInterfaceType | undefined => {
  if (typeName === undefined || typeName === declared.name)
    return isInterfaceType(declared) ? declared : undefined;
  const type = typeof typeName === 'string' ? schema.getType(typeName) : undefined;
  if (!(isObjectType(type) || isInterfaceType(type))) return undefined;
  return isAbstractType(declared) && schema.isSubType(declared, type) ? type : undefined;
};

const invalid = (state: ShapeState, message: string): null => {
  noteProblem(state, message);
  return null;
};
