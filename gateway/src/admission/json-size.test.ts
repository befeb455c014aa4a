import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonSize } from './json-size.ts';

const max = { values: 1_000_000, nesting: 1_000_000 };

it.each([
  ['1', { values: 1, nesting: 0 }],
  ['[]', { values: 2, nesting: 1 }],
  ['[1,2,"]]]"]', { values: 4, nesting: 1 }],
  [String.raw`{"a\"}":{"b":"\\"},"c":[]}`, { values: 5, nesting: 2 }],
])('sizes %s', (text, size) => {
  expect(jsonSize(text, max)).toEqual(size);
});

it('counts no fewer values than there are, and exactly their nesting', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const size = jsonSize(JSON.stringify(value), max);
      expect(size.values).toBeGreaterThanOrEqual(valuesIn(value));
      expect(size.nesting).toBe(nestingOf(value));
    }),
  );
});

it('looks no further than its bounds', () => {
  const lists = `[${'[],'.repeat(1_000)}0]`;
  expect(jsonSize(lists, { values: 10, nesting: 10 }).values).toBeLessThanOrEqual(12);
  expect(jsonSize('['.repeat(1_000), { values: 10_000, nesting: 10 }).nesting).toBe(11);
});

const inside = (value: object): readonly unknown[] => Object.values(value);

const valuesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? inside(value).reduce<number>((sum, each) => sum + valuesIn(each), 1)
    : 1;

const nestingOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...inside(value).map(nestingOf)) : 0;
