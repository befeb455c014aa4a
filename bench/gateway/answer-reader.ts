/** One whole answer of HTTP/1.1. */
export type Answer = { readonly status: number; readonly bodyBytes: number };

type Reading =
  | { readonly status: 'head'; readonly seen: Buffer }
  | { readonly status: 'sized'; readonly answer: Answer; readonly left: number }
  | { readonly status: 'chunked'; readonly code: number; readonly bytes: number; readonly tail: string };

const HEAD_END = '\r\n\r\n';
const CHUNKS_END = '\r\n0\r\n\r\n';

/**
 * Tells where answers end on a connection that has one request under way at a time; looks at nothing else, so that the
 * load costs little beside what it measures. Of a chunked answer the framing is counted as body.
 *
 * @returns what to call with each piece that arrives: the answer that it completes, if it does.
 * @throws {Error} of an answer that says nothing of its length.
 */
export const answerReader = (): ((piece: Buffer) => Answer | undefined) => {
  let reading: Reading = { status: 'head', seen: Buffer.alloc(0) };
  const done = (answer: Answer): Answer => {
    reading = { status: 'head', seen: Buffer.alloc(0) };
    return answer;
  };
  return (piece) => {
    let rest = piece;
    if (reading.status === 'head') {
      const seen = reading.seen.length === 0 ? piece : Buffer.concat([reading.seen, piece]);
      const end = seen.indexOf(HEAD_END);
      reading = end < 0 ? { status: 'head', seen } : bodyAfter(seen.toString('latin1', 0, end));
      if (reading.status === 'head') return undefined;
      rest = seen.subarray(end + HEAD_END.length);
    }
    if (reading.status === 'sized') {
      const left: number = reading.left - rest.length;
      if (left <= 0) return done(reading.answer);
      reading = { ...reading, left };
      return undefined;
    }
    const bytes: number = reading.bytes + rest.length;
    // The end may be spread over pieces.
    const tail: string = (reading.tail + rest.toString('latin1', Math.max(0, rest.length - 7))).slice(-7);
    if (tail === CHUNKS_END) return done({ status: reading.code, bodyBytes: bytes });
    reading = { ...reading, bytes, tail };
    return undefined;
  };
};

const bodyAfter = (head: string): Reading => {
  const code = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const bodyBytes = Number(length);
    return { status: 'sized', answer: { status: code, bodyBytes }, left: bodyBytes };
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return { status: 'chunked', code, bytes: 0, tail: '' };
  throw new Error(`An answer without a length: ${head}`);
};
