import { expect, it } from '@jest/globals';
import { defaultOperationLimits } from '../admission/operation-limits.ts';
import { documentCache } from './document-cache.ts';

it('the same text gives the same document', () => {
  const cache = documentCache(defaultOperationLimits);
  expect(cache.documentOf('{ a }')).toBe(cache.documentOf('{ a }'));
  expect(cache.documentOf('{ a }')).not.toBe(cache.documentOf('{ a  }'));
});

it('a text that is refused is refused again, and not kept', () => {
  const cache = documentCache({ ...defaultOperationLimits, depth: 1 });
  for (let times = 0; times < 2; times += 1) expect(() => cache.documentOf('{ a { b } }')).toThrow();
  expect(cache.size).toBe(0);
});

it('holds no more than its bounds', () => {
  const cache = documentCache(defaultOperationLimits, { entriesMax: 3, bytesMax: 10_000 });
  for (let index = 0; index < 10; index += 1) cache.documentOf(`{ a${index} }`);
  expect(cache.size).toBe(3);
  cache.documentOf(`{ ${'long '.repeat(20)} }`);
  expect(cache.size).toBe(3);
});
