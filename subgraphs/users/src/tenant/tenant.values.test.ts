import { expect, it } from '@jest/globals';
import { parseTenantName } from './tenant.values.ts';

it('trims a name', () => {
  expect(parseTenantName('  Northwind Robotics ')).toBe('Northwind Robotics');
});

it.each(['', ' ', 'x'.repeat(81), '\u200b\u2060', 'a\nb', 'a\u202eb', 'a\u2067b'])(
  'refuses %j as a name',
  (raw) => {
    expect(() => parseTenantName(raw)).toThrow(expect.objectContaining({ code: 'TENANT_NAME_INVALID' }));
  },
);
