import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectionOf, decodeCursor, encodeCursor, parsePage } from './index.ts';

describe('a page', () => {
  it('has 20 entries from the start unless said otherwise', () => {
    expect(parsePage({ first: null, after: undefined })).toEqual({ limit: 20, after: undefined });
  });

  it.each([0, -1, 101, 1.5, Number.NaN])('cannot have %d entries', (first) => {
    expect(() => parsePage({ first })).toThrow(expect.objectContaining({ code: 'PAGE_SIZE_INVALID' }));
  });

  it.each(['', '!', 'YQ==', 'YR', 'a b', '/w', 'x'.repeat(513)])(
    'cannot begin after the cursor %j',
    (after) => {
      expect(() => parsePage({ after })).toThrow(expect.objectContaining({ code: 'CURSOR_MALFORMED' }));
    },
  );

  it('begins after the very text that the cursor was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
        fc.pre(Buffer.from(text).toString() === text && encodeCursor(text).length <= 512);
        expect(decodeCursor(encodeCursor(text))).toBe(text);
      }),
    );
  });
});

describe('a connection', () => {
  const idOf = ({ id }: { id: string }): string => id;
  const rows = ['a', 'b', 'c'].map((id) => ({ id }));

  it('leaves out the row that was one too many, and says that more follow', () => {
    const { nodes, edges, pageInfo } = connectionOf(rows, { limit: 2, after: undefined }, idOf);
    expect(nodes).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(edges.map(({ cursor }) => decodeCursor(cursor))).toEqual(['a', 'b']);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: encodeCursor('a'),
      endCursor: encodeCursor('b'),
    });
  });

  it('ends', () => {
    const { pageInfo } = connectionOf(rows, { limit: 3, after: 'x' }, idOf);
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('may be empty', () => {
    expect(connectionOf<{ id: string }>([], { limit: 3, after: undefined }, idOf).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});
