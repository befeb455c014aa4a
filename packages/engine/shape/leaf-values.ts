import { isEnumType, type GraphQLEnumType, type GraphQLScalarType } from 'graphql';
import { textJson } from './json-text.ts';

/** The value in JSON as a client gets it, or undefined when it is none of this type. Never asked about null. */
export type WriteLeaf = (value: unknown) => string | undefined;

/**
 * Writes leaves of one type. An enum value that clients must not see is none of the type. Custom scalars pass as they
 * are: their subgraph has serialised them.
 *
 * @see GraphQL specification, October 2021, section 3.5, Scalars, result coercion.
 */
export const leafWriter = (type: GraphQLScalarType | GraphQLEnumType): WriteLeaf => {
  if (!isEnumType(type)) return builtIn.get(type.name) ?? writeAny;
  const texts = new Map<unknown, string>(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
  return (value) => texts.get(value);
};

const writeId: WriteLeaf = (value) => {
  if (typeof value === 'string') return textJson(value);
  return typeof value === 'number' && Number.isInteger(value) ? `"${value}"` : undefined;
};

/** Not of what JSON has no word for. */
const writeAny: WriteLeaf = (value) => (typeof value === 'string' ? textJson(value) : JSON.stringify(value));

const builtIn: ReadonlyMap<string, WriteLeaf> = new Map<string, WriteLeaf>([
  ['String', (value) => (typeof value === 'string' ? textJson(value) : undefined)],
  ['Boolean', (value) => (typeof value === 'boolean' ? String(value) : undefined)],
  // Only integers of 32 bits survive this.
  ['Int', (value) => (typeof value === 'number' && (value | 0) === value ? String(value) : undefined)],
  ['Float', (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined)],
  ['ID', writeId],
]);
