import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, bucketOfId, BUCKETS, isId, newId, newTenantId, parseId, testClock } from './index.ts';

const clock = testClock();

describe('an id', () => {
  it('carries its kind and its bucket, whatever the bucket', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: BUCKETS - 1 }), (bucket) => {
        const id = newId('prj', bucket, clock);
        expect([isId('prj', id), bucketOfId(id)]).toEqual([true, bucket]);
      }),
    );
  });

  it('sorts by the time it was made', () => {
    const ticking = testClock();
    const ids = Array.from({ length: 20 }, () => {
      ticking.advance(1);
      return newId('tsk', 1_023, ticking);
    });
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    '',
    'prj_',
    'prj_01',
    'tsk_01kdvwhx00zz00000000000000',
    `prj_${'0'.repeat(25)}u`,
    `prj_${'0'.repeat(27)}`,
    `prj_8${'0'.repeat(25)}`,
    `PRJ_${'0'.repeat(26)}`,
    `prj_${'0'.repeat(26)}\n`,
    42,
    null,
  ])('is refused when it is %j', (raw) => {
    expect(() => parseId('prj', raw)).toThrow(expect.objectContaining({ code: 'ID_MALFORMED' }));
  });
});

describe("a tenant's id", () => {
  it('hashes to the bucket that it carries', () => {
    const id = newTenantId(clock);
    expect(parseId('ten', id)).toBe(id);
  });

  it('is refused when its bucket was forged', () => {
    const id = newTenantId(clock);
    const forged = `${id.slice(0, 14)}${bucketOfId(id) === 0 ? '01' : '00'}${id.slice(16)}`;
    expect(isId('ten', forged)).toBe(false);
  });
});

it.each([
  ['user-ada', 533],
  ['user-grace', 829],
])('keeps %s in bucket %i for ever', (key, bucket) => {
  expect(bucketOf(key)).toBe(bucket);
});
