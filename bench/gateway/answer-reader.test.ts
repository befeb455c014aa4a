import { describe, expect, it } from '@jest/globals';
import { answerReader } from './answer-reader.ts';

const sized = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello';
const chunked = 'HTTP/1.1 404 Nope\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';

/** What each piece completes. */
const read = (...pieces: readonly string[]) => {
  const reader = answerReader();
  return pieces.map((piece) => reader(Buffer.from(piece)));
};

describe('answerReader', () => {
  it('knows the end by the length', () => {
    expect(read(sized)).toEqual([{ status: 200, bodyBytes: 5 }]);
  });

  it('knows the end of chunks', () => {
    expect(read(chunked)).toEqual([{ status: 404, bodyBytes: 15 }]);
  });

  it.each([sized, chunked])('does not care where an answer is cut: %j', (answer) => {
    for (let place = 1; place < answer.length; place += 1) {
      const [first, second] = read(answer.slice(0, place), answer.slice(place));
      expect(first).toBeUndefined();
      expect(second).toBeDefined();
    }
    expect(read(...answer.split('')).filter((each) => each !== undefined)).toHaveLength(1);
  });

  it('begins anew after an answer', () => {
    expect(read(sized, chunked, sized).map((each) => each?.status)).toEqual([200, 404, 200]);
  });

  it('refuses an answer without a length', () => {
    expect(() => read('HTTP/1.1 200 OK\r\n\r\n')).toThrow('without a length');
  });
});
