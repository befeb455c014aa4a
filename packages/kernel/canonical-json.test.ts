import { expect, it } from '@jest/globals';
import { canonicalJson } from './index.ts';

it('writes equal values with equal text, whatever the order of keys', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe(
    canonicalJson({ a: 'x', b: [{ c: null, d: 1 }] }),
  );
});

it('treats an absent key and undefined alike, and null as a value', () => {
  expect(canonicalJson({ a: undefined })).toBe('{}');
  expect(canonicalJson({ a: null })).toBe('{"a":null}');
});
