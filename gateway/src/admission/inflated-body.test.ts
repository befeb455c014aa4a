import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { inflatedBody } from './inflated-body.ts';

const MAX = 10_000;

/** In pieces of `size` bytes, counted as they are taken. */
const streamOf = (bytes: Buffer, size = 1_000) => {
  const taken = { bytes: 0 };
  const stream = async function* () {
    for (let at = 0; at < bytes.length; at += size) {
      taken.bytes += size;
      yield bytes.subarray(at, at + size);
    }
  };
  return { stream: stream(), taken };
};

const compressed = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
} as const;
const encodings = Object.entries(compressed);

describe('a body', () => {
  it.each([undefined, '', 'identity', ' Identity'])(
    'comes as it is under the encoding %j',
    async (encoding) => {
      const body = Buffer.from('{"query":"{ a }"}');
      expect(await inflatedBody(streamOf(body, 3).stream, encoding, MAX)).toEqual(body);
    },
  );

  it.each(encodings)('is decompressed by %s', async (encoding, compress) => {
    const body = Buffer.from('{"query":"{ ü }"}'.repeat(500));
    expect(await inflatedBody(streamOf(compress(body), 7).stream, encoding.toUpperCase(), MAX)).toEqual(body);
  });

  it.each(encodings)('that inflates beyond the limit is refused under %s', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(1_000 * MAX));
    const refused = inflatedBody(streamOf(bomb).stream, encoding, MAX);
    await expect(refused).rejects.toMatchObject({
      code: 'BODY_INFLATED_TOO_LARGE',
      fields: { limit: 'bodyBytes', max: MAX },
    });
  });

  it('that is too large as it comes is not read to its end', async () => {
    const { stream, taken } = streamOf(Buffer.alloc(100 * MAX));
    await expect(inflatedBody(stream, undefined, MAX)).rejects.toMatchObject({
      code: 'BODY_INFLATED_TOO_LARGE',
    });
    expect(taken.bytes).toBeLessThan(2 * MAX);
  });

  it('of exactly the limit passes', async () => {
    expect(await inflatedBody(streamOf(gzipSync(Buffer.alloc(MAX))).stream, 'gzip', MAX)).toHaveLength(MAX);
  });

  it.each(encodings)('that is cut short or wrong is refused under %s', async (encoding, compress) => {
    const whole = compress(Buffer.from('{"query":"{ a }"}'));
    for (const body of [whole.subarray(0, -3), Buffer.from('not compressed at all'), Buffer.alloc(0)]) {
      await expect(inflatedBody(streamOf(body).stream, encoding, MAX)).rejects.toMatchObject({
        code: 'BODY_ENCODING_INVALID',
      });
    }
  });

  it.each(['zstd', 'gzip, gzip', 'constructor', 'br;q=1'])(
    'under the encoding %s is refused',
    async (encoding) => {
      await expect(inflatedBody(streamOf(Buffer.alloc(1)).stream, encoding, MAX)).rejects.toMatchObject({
        code: 'BODY_ENCODING_UNSUPPORTED',
      });
    },
  );

  it('whose sender fails, fails with the same error', async () => {
    const failure = new Error('reset');
    const failing = async function* () {
      yield gzipSync('x').subarray(0, 5);
      throw failure;
    };
    await expect(inflatedBody(failing(), 'gzip', MAX)).rejects.toBe(failure);
  });
});
