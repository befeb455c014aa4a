import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
// The years that ISO-8601 text writes in four digits, PostgreSQL keeps, and that sort as text.
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * `DateTime`: an instant as ISO-8601 text in UTC with milliseconds, `2026-01-01T12:00:00.000Z`.
 *
 * Answers take a `Date` or such a text. Inputs must say their offset (RFC 3339), lie in the years 1 to 9999 of UTC, and
 * arrive in resolvers as text in UTC, so that earlier ones sort first.
 */
export const dateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'An instant as ISO-8601 text in UTC, for example `2026-01-01T12:00:00.000Z`.',
  serialize: (value) => (value instanceof Date ? value.toISOString() : parseInstant(value)),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : undefined),
});

function parseInstant(value: unknown): string {
  const [text, day] = (typeof value === 'string' && RFC_3339.exec(value)) || [];
  const instantMs = text === undefined ? Number.NaN : Date.parse(text);
  // Date.parse takes 30 February for 2 March; the day as such must exist.
  const isRealDay = new Date(Date.parse(`${day}T00:00:00Z`) || 0).toISOString().startsWith(day ?? ' ');
  // False for NaN, too.
  const isInRange = instantMs >= EARLIEST_MS && instantMs <= LATEST_MS;
  if (!isInRange || !isRealDay) {
    throw new GraphQLError(
      'DateTime needs an ISO-8601 instant with its offset, in the years 1 to 9999 of UTC, like 2026-01-01T12:00:00.000Z.',
    );
  }
  return new Date(instantMs).toISOString();
}
