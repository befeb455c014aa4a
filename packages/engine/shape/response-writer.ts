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
import { isJsonObject, readerOf, type JsonObject } from '../plan/json-object.ts';
import { collectFields, type Selected } from './collect-fields.ts';
import { leafWriter, type WriteLeaf } from './leaf-values.ts';
import { noteProblem, type Search, type Writing } from './writing.ts';

/** The value in JSON as the client gets it; undefined when it cannot even be null, and the parent has to be null. */
type Write = (value: unknown, writing: Writing) => string | undefined;

/** How one document under one combination of conditions selects. */
export type Shaping = Selected & {
  /** The key under which the data of a field stands. Not the client's own where that could meet the planner's. */
  readonly dataKeyOf: (responseKey: string) => string;
};

/** Turns the merged data of an operation into the JSON text of its response, `null` included. */
export type WriteResponse = (root: JsonObject, writing: Writing) => string;

/**
 * Compiles the writer of a response: exactly what was selected, in the order of the specification, nothing that the
 * schema forbids. Selections below a field are compiled when the first object of a type arrives.
 *
 * @see GraphQL specification, October 2021, sections 6.4.3 Value Completion, 6.4.4 Handling Field Errors.
 */
export const compileWriter = (
  shaping: Shaping,
  rootType: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): WriteResponse => compileObject(shaping, rootType, selectionSets);

type WriteObject = (value: JsonObject, writing: Writing) => string;

type FieldWriter = { readonly key: string; readonly label: string; readonly write: WriteField };
type WriteField = (parent: JsonObject, writing: Writing) => string | undefined;

const nullJson = 'null';

const compileObject = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): WriteObject => {
  const fields = [...collectFields(shaping, type, selectionSets)]
    .flatMap(([key, nodes]) => {
      const write = compileField(shaping, type, key, nodes);
      return write === undefined ? [] : [{ key, write }];
    })
    .map((field, index): FieldWriter => {
      const label = `${index === 0 ? '{' : ','}${JSON.stringify(field.key)}:`;
      return { ...field, label };
    });
  if (fields.length === 0) return () => '{}';
  return (value, writing) => {
    if (writing.search !== undefined) return writeSearching(fields, value, writing, writing.search);
    let text = '';
    for (const { label, write } of fields) {
      const written = write(value, writing);
      if (written === undefined) return nullJson;
      text += label + written;
    }
    return `${text}}`;
  };
};

/** The same, knowing where it is. */
const writeSearching = (
  fields: readonly FieldWriter[],
  value: JsonObject,
  writing: Writing,
  { path }: Search,
): string => {
  let text = '';
  for (const { key, label, write } of fields) {
    path.push(key);
    const written = write(value, writing);
    path.pop();
    if (written === undefined) return nullJson;
    text += label + written;
  }
  return `${text}}`;
};

const compileField = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  key: string,
  nodes: readonly FieldNode[],
): WriteField | undefined => {
  const name = nodes[0]?.name.value ?? '';
  if (name === '__typename') return isObjectType(type) ? constant(type.name) : untold(type.name);
  if (name === '__schema' || name === '__type')
    return (_, writing) => writing.introspection?.get(key) ?? nullJson;
  const field = type.getFields()[name];
  if (field === undefined) return undefined;
  const read = readerOf(shaping.dataKeyOf(key));
  const selectionSets = nodes.flatMap(({ selectionSet }) =>
    selectionSet === undefined ? [] : [selectionSet],
  );
  const write = compileType(shaping, field.type, selectionSets, `${type.name}.${name}`);
  return (parent, writing) => write(read(parent), writing);
};

const constant = (text: string): WriteField => {
  const json = JSON.stringify(text);
  return () => json;
};

/** Nobody said which type the object has, so that it cannot be told, nor the object be answered. */
const untold =
  (interfaceName: string): WriteField =>
  (_, writing) => {
    noteProblem(writing, `No subgraph tells the type of this ${interfaceName}.`);
    return undefined;
  };

const compileType = (
  shaping: Shaping,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  field: string,
): Write => {
  if (isNonNullType(type)) return nonNull(compileType(shaping, type.ofType, selectionSets, field), field);
  if (isListType(type)) return list(compileType(shaping, type.ofType, selectionSets, field), field);
  if (isLeafType(type)) return leaf(leafWriter(type), field);
  return isAbstractType(type)
    ? abstract(shaping, type, selectionSets, field)
    : concrete(shaping, type, selectionSets, field);
};

const nonNull =
  (inner: Write, field: string): Write =>
  (value, writing) => {
    const problemsBefore = writing.problemCount;
    const written = inner(value, writing);
    if (written !== nullJson) return written;
    // What made the value null has been noted where it happened.
    if (writing.problemCount === problemsBefore)
      noteProblem(writing, `Cannot return null for non-nullable field ${field}.`);
    return undefined;
  };

const list =
  (inner: Write, field: string): Write =>
  (value, writing) => {
    if (value === null || value === undefined) return nullJson;
    if (!Array.isArray(value)) return invalid(writing, `Expected a list for field ${field}.`);
    const path = writing.search?.path;
    let text = '[';
    // Plain loops here and in merging: the entries of long lists cost more than what is done with them.
    for (let index = 0; index < value.length; index += 1) {
      path?.push(index);
      const written = inner(value[index], writing);
      path?.pop();
      if (written === undefined) return nullJson;
      text += index === 0 ? written : `,${written}`;
    }
    return `${text}]`;
  };

const leaf =
  (write: WriteLeaf, field: string): Write =>
  (value, writing) => {
    if (value === null || value === undefined) return nullJson;
    return write(value) ?? invalid(writing, `Invalid value for field ${field}.`);
  };

const concrete = (
  shaping: Shaping,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
  field: string,
): Write => {
  // Compiled when first wanted: most selections of a deep document are never reached by empty lists.
  let write: WriteObject | undefined;
  return (value, writing) => {
    if (value === null || value === undefined) return nullJson;
    if (!isJsonObject(value)) return invalid(writing, `Expected an object for field ${field}.`);
    const typeName = value['__typename'];
    if (typeName !== undefined && typeName !== type.name) {
      return invalid(writing, `Invalid type of an object at field ${field}.`);
    }
    write ??= compileObject(shaping, type, selectionSets);
    return write(value, writing);
  };
};

const abstract = (
  shaping: Shaping,
  declared: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  field: string,
): Write => {
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
  return (value, writing) => {
    if (value === null || value === undefined) return nullJson;
    if (!isJsonObject(value)) return invalid(writing, `Expected an object for field ${field}.`);
    const write = writerFor(value['__typename']);
    return write === undefined
      ? invalid(writing, `Invalid type of an object at field ${field}.`)
      : write(value, writing);
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

const invalid = (writing: Writing, message: string): string => {
  noteProblem(writing, message);
  return nullJson;
};
