import { isEnumType, type GraphQLEnumType, type GraphQLScalarType } from 'graphql';

/** The value as a client gets it, or undefined when it is none of this type. Never asked about null. */
export type ReadLeaf = (value: unknown) => unknown;

/**
 * Reads leaves of one type. An enum value that clients must not see is none of the type. Custom scalars pass as they
 * are: their subgraph has serialised them.
 *
 * @see GraphQL specification, October 2021, section 3.5, Scalars, result coercion.
 */
export const leafReader = (type: GraphQLScalarType | GraphQLEnumType): ReadLeaf => {
  if (!isEnumType(type)) return builtIn.get(type.name) ?? ((value) => value);
  const names = new Set(type.getValues().map(({ name }) => name));
  return (value) => (typeof value === 'string' && names.has(value) ? value : undefined);
};

const readId: ReadLeaf = (value) => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined;
};

const builtIn: ReadonlyMap<string, ReadLeaf> = new Map<string, ReadLeaf>([
  ['String', (value) => (typeof value === 'string' ? value : undefined)],
  ['Boolean', (value) => (typeof value === 'boolean' ? value : undefined)],
  // Only integers of 32 bits survive this.
  ['Int', (value) => (typeof value === 'number' && (value | 0) === value ? value : undefined)],
  ['Float', (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)],
  ['ID', readId],
]);
