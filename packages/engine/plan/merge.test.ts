import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from './json-object.ts';
import { mergeBy } from './merge.ts';

const merge = mergeBy((name) => name === 'Media');

const merged = (...answers: readonly unknown[]): JsonObject => {
  const target: JsonObject = {};
  for (const answer of answers) merge(target, structuredClone(answer) as JsonObject);
  return target;
};

describe('mergeBy', () => {
  it('merges objects deeply, and lists of equal length by their elements', () => {
    expect(
      merged({ a: { b: 1 }, l: [[{ x: 1 }], [{ x: 2 }]] }, { a: { c: 2 }, l: [[{ y: 3 }], [{ y: 4 }]] }),
    ).toEqual({
      a: { b: 1, c: 2 },
      l: [[{ x: 1, y: 3 }], [{ x: 2, y: 4 }]],
    });
  });

  it.each([
    ['null and a value', { a: null, l: [null, 1] }, { a: 1, l: [2, null] }, { a: 1, l: [2, 1] }],
    [
      'an interface and its object type',
      { __typename: 'Media' },
      { __typename: 'Book' },
      { __typename: 'Book' },
    ],
  ])('answers the same for %s, whichever comes first', (_, first, second, expected) => {
    expect(merged(first, second)).toEqual(expected);
    expect(merged(second, first)).toEqual(expected);
  });

  it('keeps names of every object apart from the prototype', () => {
    const answer = JSON.parse('{"__proto__":{"a":1},"constructor":{"b":2}}') as JsonObject;
    const target = merged({}, answer, JSON.parse('{"__proto__":{"c":3}}'));
    expect(JSON.stringify(target)).toBe('{"__proto__":{"a":1,"c":3},"constructor":{"b":2}}');
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
    expect(({} as JsonObject)['a']).toBeUndefined();
  });

  it('changes nothing when the same comes twice', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (answer) => {
        const once = merged(answer);
        expect(JSON.stringify(merged(answer, answer))).toBe(JSON.stringify(once));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
