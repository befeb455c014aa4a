import {
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type SelectionSetNode,
} from 'graphql';
import { isJsonObject, readerOf, type JsonObject } from '../plan/json-object.ts';
import { collectFields, type DeferredSelection, type Selected } from './collect-fields.ts';
import { generateFields, type FieldWriter, type WriteFields } from './generated-object.ts';
import { asciiBytes, putByte, putBytes, putJson } from './json-sink.ts';
import { leafWriter, type WriteLeaf } from './leaf-values.ts';
import { noteProblem, type Search, type Writing } from './writing.ts';
import { cutBack, writeAgain } from './written-before.ts';

/** What became of a value: it was written, it was written as null, or it cannot even be null and its parent has to be. */
type Written = ReturnType<WriteFields>;
type Write = (value: unknown, writing: Writing) => Written;

/** How one document under one combination of conditions selects. */
export type Shaping = Selected & {
  /** The key under which the data of a field stands. Not the client's own where that could meet the planner's. */
  readonly dataKeyOf: (responseKey: string) => string;
};

/** Writes the response to the merged data of an operation, or null. */
export type WriteResponse = (root: JsonObject, writing: Writing) => void;

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

type WriteObject = (value: JsonObject, writing: Writing) => Written;

type KeyedField = FieldWriter & { readonly key: string };
type WriteField = FieldWriter['write'];

/** Objects after which it is worth while to generate code for their selection. */
const generatedAfter = 50;

const compileObject = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): WriteObject => {
  const collected = collectFields(shaping, type, selectionSets);
  const fields = [...collected.fields]
    .flatMap(([key, nodes]) => {
      const field = compileField(shaping, type, key, nodes);
      return field === undefined ? [] : [{ key, ...field }];
    })
    .map((field, index): KeyedField => {
      const label = asciiBytes(`${index === 0 ? '{' : ','}${JSON.stringify(field.key)}:`);
      return { ...field, label };
    });
  const deferred = collected.deferred.map((each) => ({ ...each, write: laterObject(shaping, type, each) }));
  if (fields.length + deferred.length === 0) return constant(asciiBytes('{}'));
  let writeFields = fieldByField(fields);
  let writtenCount = 0;
  const write: WriteObject = (value, writing) => {
    const { sink, search } = writing;
    if (search !== undefined) return writeSearching({ fields, deferred }, value, writing, search);
    writtenCount += 1;
    if (writtenCount === generatedAfter) writeFields = generateFields(fields) ?? writeFields;
    const start = sink.length;
    if (writeFields(value, writing) === 'nothing') return nullFrom(start, writing);
    putByte(sink, closingBrace);
    return 'value';
  };
  return (value, writing) =>
    writing.again?.has(value) === true
      ? writeAgain(write, value, writing, writing.again)
      : write(value, writing);
};

const fieldByField =
  (fields: readonly FieldWriter[]): WriteFields =>
  (value, writing) => {
    for (const { label, write } of fields) {
      putBytes(writing.sink, label);
      if (write(value, writing) === 'nothing') return 'nothing';
    }
    return 'value';
  };

/** Compiled when it is written: what nobody reaches is not. */
const laterObject = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  { selectionSet }: DeferredSelection,
): WriteObject => {
  let write: WriteObject | undefined;
  return (value, writing) => {
    write ??= compileObject(shaping, type, [selectionSet]);
    return write(value, writing);
  };
};

type ObjectWriter = {
  readonly fields: readonly KeyedField[];
  readonly deferred: readonly (DeferredSelection & { readonly write: WriteObject })[];
};

/** The same, knowing where it is. */
const writeSearching = (
  { fields, deferred }: ObjectWriter,
  value: JsonObject,
  writing: Writing,
  search: Search,
): Written => {
  const { sink } = writing;
  const { path } = search;
  const start = sink.length;
  const deferredBefore = search.deferred.length;
  for (const { key, label, write } of fields) {
    putBytes(sink, label);
    path.push(key);
    const written = write(value, writing);
    path.pop();
    if (written === 'nothing') {
      search.deferred.length = deferredBefore;
      return nullFrom(start, writing);
    }
  }
  if (fields.length === 0) putByte(sink, openingBrace);
  putByte(sink, closingBrace);
  for (const { label, ownLabel, write } of deferred) {
    search.deferred.push({ label, ownLabel, path: [...path], write: (later) => void write(value, later) });
  }
  return 'value';
};

const [openingBracket, closingBracket, openingBrace, closingBrace, comma] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c];
const nullBytes = asciiBytes('null');

const writeNull = ({ sink }: Writing): Written => {
  putBytes(sink, nullBytes);
  return 'null';
};

/** Null in place of all that was written since. */
const nullFrom = (start: number, writing: Writing): Written => {
  cutBack(writing, start);
  return writeNull(writing);
};

const compileField = (
  shaping: Shaping,
  type: GraphQLObjectType | GraphQLInterfaceType,
  key: string,
  nodes: readonly FieldNode[],
): Omit<FieldWriter, 'label'> | undefined => {
  const name = nodes[0]?.name.value ?? '';
  if (name === '__typename') {
    const write = isObjectType(type) ? constant(asciiBytes(`"${type.name}"`)) : untold(type.name);
    return { write, value: undefined };
  }
  if (name === '__schema' || name === '__type') return { write: introspected(key), value: undefined };
  const field = type.getFields()[name];
  if (field === undefined) return undefined;
  const dataKey = shaping.dataKeyOf(key);
  const read = readerOf(dataKey);
  const selectionSets = nodes.flatMap(({ selectionSet }) =>
    selectionSet === undefined ? [] : [selectionSet],
  );
  const write = compileType(shaping, field.type, selectionSets, `${type.name}.${name}`);
  const leafType = getNullableType(field.type);
  const scalar = isScalarType(leafType) ? leafType.name : undefined;
  return {
    write: (parent, writing) => write(read(parent), writing),
    value: { dataKey, write, scalar },
  };
};

const constant =
  (json: Uint8Array): WriteField =>
  (_, { sink }) => {
    putBytes(sink, json);
    return 'value';
  };

const introspected =
  (key: string): WriteField =>
  (_, writing) => {
    const json = writing.introspection?.get(key);
    if (json === undefined) return writeNull(writing);
    putJson(writing.sink, json);
    return 'value';
  };

/** Nobody said which type the object has, so that it cannot be told, nor the object be answered. */
const untold =
  (interfaceName: string): WriteField =>
  (_, writing) => {
    noteProblem(writing, `No subgraph tells the type of this ${interfaceName}.`);
    return 'nothing';
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
    const { sink, problemCount } = writing;
    const start = sink.length;
    const written = inner(value, writing);
    if (written !== 'null') return written;
    cutBack(writing, start);
    // What made the value null has been noted where it happened.
    if (writing.problemCount === problemCount)
      noteProblem(writing, `Cannot return null for non-nullable field ${field}.`);
    return 'nothing';
  };

const list =
  (inner: Write, field: string): Write =>
  (value, writing) => {
    if (value === null || value === undefined) return writeNull(writing);
    if (!Array.isArray(value)) return invalid(writing, `Expected a list for field ${field}.`);
    const { sink, search } = writing;
    const start = sink.length;
    const deferredBefore = search?.deferred.length ?? 0;
    putByte(sink, openingBracket);
    // Plain loops here and in merging: the entries of long lists cost more than what is done with them.
    for (let index = 0; index < value.length; index += 1) {
      if (index > 0) putByte(sink, comma);
      search?.path.push(index);
      const written = inner(value[index], writing);
      search?.path.pop();
      if (written !== 'nothing') continue;
      if (search !== undefined) search.deferred.length = deferredBefore;
      return nullFrom(start, writing);
    }
    putByte(sink, closingBracket);
    return 'value';
  };

const leaf =
  (write: WriteLeaf, field: string): Write =>
  (value, writing) => {
    if (value === null || value === undefined) return writeNull(writing);
    return write(value, writing.sink) ? 'value' : invalid(writing, `Invalid value for field ${field}.`);
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
    if (value === null || value === undefined) return writeNull(writing);
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
    if (value === null || value === undefined) return writeNull(writing);
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

const invalid = (writing: Writing, message: string): Written => {
  noteProblem(writing, message);
  return writeNull(writing);
};
