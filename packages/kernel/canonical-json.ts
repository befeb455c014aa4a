/**
 * JSON with sorted keys and without `undefined`, so that equal values have equal text.
 *
 * For plain data only: objects, arrays, strings, finite numbers, booleans and null.
 */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'null';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};
