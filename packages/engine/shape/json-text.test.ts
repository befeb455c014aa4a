import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textJson } from './json-text.ts';

const unit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('a', ' ', '"', '\\', '\n', '\u007f', '\u2028', '\ud83d', '\ude00', '\ud83d\ude00', 'é'),
);

describe('textJson', () => {
  it('writes short and long texts as JSON.stringify does', () => {
    const texts = fc.oneof(
      fc.array(unit, { maxLength: 6 }),
      fc.array(fc.constantFrom('b', 'é', 'ok '), { maxLength: 90 }),
      fc.array(unit, { minLength: 30, maxLength: 90 }),
    );
    fc.assert(
      fc.property(texts, (units) => {
        const text = units.join('');
        expect(textJson(text)).toBe(JSON.stringify(text));
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });
});
