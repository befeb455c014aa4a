import { describe, expect, it } from '@jest/globals';
import { dateTimeScalar } from './index.ts';

describe('a DateTime', () => {
  it.each([
    ['2026-01-01T12:00:00Z', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01T12:00:00.123456+02:00', '2026-01-01T10:00:00.123Z'],
    ['2024-02-29T00:00:00-05:30', '2024-02-29T05:30:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0000-12-31T20:00:00-05:00', '0001-01-01T01:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s as %s', (given, instant) => {
    expect(dateTimeScalar.parseValue(given)).toBe(instant);
  });

  it.each([
    '2026-01-01',
    '2026-01-01T12:00:00',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    'tomorrow',
    '',
    0,
    null,
  ])('refuses %j', (given) => {
    expect(() => dateTimeScalar.parseValue(given)).toThrow('DateTime needs an ISO-8601 instant');
  });

  it('is written in UTC', () => {
    expect(dateTimeScalar.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(dateTimeScalar.serialize('1970-01-01T01:00:00+01:00')).toBe('1970-01-01T00:00:00.000Z');
  });
});
