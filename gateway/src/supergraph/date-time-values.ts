import { GraphQLError, isScalarType, valueFromASTUntyped, type GraphQLSchema } from 'graphql';

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Makes the schema's scalar `DateTime` refuse what is no instant from year 1 to 9999, in UTC, as RFC 3339 writes it, in literals
 * and in variables: a supergraph has no code for its scalars, so that a value of any kind would pass here and be
 * refused, or not, by a subgraph halfway through an operation.
 *
 * Values that pass are left as they are. Only a scalar whose description speaks of ISO-8601: elsewhere the name may mean
 * something else.
 */
export const checkDateTimes = (schema: GraphQLSchema): void => {
  const scalar = schema.getType('DateTime');
  if (!isScalarType(scalar) || !/ISO.?8601/i.test(scalar.description ?? '')) return;
  scalar.parseValue = instant;
  scalar.parseLiteral = (node, variables) => instant(valueFromASTUntyped(node, variables));
};

const instant = (value: unknown): unknown => {
  const [text, day] = (typeof value === 'string' && RFC_3339.exec(value)) || [];
  const instantMs = text === undefined ? Number.NaN : Date.parse(text);
  // Date.parse takes 30 February for 2 March; the day as such must exist.
  const isRealDay = new Date(Date.parse(`${day}T00:00:00Z`) || 0).toISOString().startsWith(day ?? ' ');
  if (isRealDay && instantMs >= FIRST_MS && instantMs <= LAST_MS) return value;
  throw new GraphQLError(
    'DateTime needs an ISO-8601 instant with its offset, like 2026-01-01T12:00:00.000Z, from year 1 to 9999.',
  );
};
