import { isEnumType, type GraphQLEnumType, type GraphQLScalarType } from 'graphql';
import { asciiBytes, putAscii, putBytes, putJson, putText, type JsonSink } from './json-sink.ts';

/**
 * Writes the value as a client gets it. Never asked about null.
 *
 * @returns false when the value is none of this type; then nothing was written.
 */
export type WriteLeaf = (value: unknown, sink: JsonSink) => boolean;

/**
 * Writes leaves of one type. An enum value that clients must not see is none of the type. Custom scalars pass as they
 * are: their subgraph has serialised them.
 *
 * @see GraphQL specification, October 2021, section 3.5, Scalars, result coercion.
 */
export const leafWriter = (type: GraphQLScalarType | GraphQLEnumType): WriteLeaf => {
  if (!isEnumType(type)) return builtIn.get(type.name) ?? writeAny;
  const texts = new Map<unknown, Uint8Array>(
    type.getValues().map(({ name }) => [name, asciiBytes(`"${name}"`)]),
  );
  return (value, sink) => {
    const bytes = texts.get(value);
    if (bytes !== undefined) putBytes(sink, bytes);
    return bytes !== undefined;
  };
};

const writeString: WriteLeaf = (value, sink) => {
  if (typeof value !== 'string') return false;
  putText(sink, value);
  return true;
};

const writeId: WriteLeaf = (value, sink) => {
  if (typeof value === 'string') putText(sink, value);
  else if (Number.isInteger(value)) putAscii(sink, `"${String(value)}"`);
  else return false;
  return true;
};

const writeBoolean: WriteLeaf = (value, sink) => {
  if (typeof value !== 'boolean') return false;
  putAscii(sink, value ? 'true' : 'false');
  return true;
};

const writeInt: WriteLeaf = (value, sink) => {
  // Only integers of 32 bits survive this.
  if (typeof value !== 'number' || (value | 0) !== value) return false;
  putAscii(sink, String(value));
  return true;
};

const writeFloat: WriteLeaf = (value, sink) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  putAscii(sink, String(value));
  return true;
};

/** Not of what JSON has no word for. */
const writeAny: WriteLeaf = (value, sink) => {
  if (typeof value === 'string') return writeString(value, sink);
  const json = JSON.stringify(value) as string | undefined;
  if (json !== undefined) putJson(sink, json);
  return json !== undefined;
};

const builtIn: ReadonlyMap<string, WriteLeaf> = new Map([
  ['String', writeString],
  ['Boolean', writeBoolean],
  ['Int', writeInt],
  ['Float', writeFloat],
  ['ID', writeId],
]);
