import { describe, expect, it } from '@jest/globals';
import { buildSchema, GraphQLError, isScalarType } from 'graphql';
import { checkDateTimes } from './date-time-values.ts';

const scalarOf = (description: string) => {
  const schema = buildSchema(`"${description}" scalar DateTime type Query { at: DateTime }`);
  checkDateTimes(schema);
  const scalar = schema.getType('DateTime');
  if (!isScalarType(scalar)) throw new Error('no scalar');
  return scalar;
};

describe('values of the scalar DateTime', () => {
  it.each(['2026-01-01T12:00:00.000Z', '2024-02-29T00:00:00+01:00'])('may be %s', (value) => {
    expect(scalarOf('ISO-8601').parseValue(value)).toBe(value);
  });

  it.each(['2026-02-30T12:00:00Z', '2026-01-01', 5, null, '10000-01-01T00:00:00Z'])(
    'may not be %j',
    (value) => {
      expect(() => scalarOf('ISO 8601').parseValue(value)).toThrow(GraphQLError);
    },
  );

  it('are left alone where the name means something else', () => {
    expect(scalarOf('Seconds of an epoch.').parseValue(5)).toBe(5);
  });
});
