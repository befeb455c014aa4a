import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { admissionErrors } from './admission.errors.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/**
 * The whole body, decompressed, of at most `bytesMax` bytes; both the bytes on the wire and those that come out are held
 * to it. Decompression runs outside the event loop and stops at the limit: a bomb costs no more than `bytesMax` bytes of
 * memory and some chunks.
 *
 * @param contentEncoding the header's value; absent and `identity` are no compression. Several encodings are refused.
 * @throws {AppError} `BODY_ENCODING_UNSUPPORTED`, `BODY_ENCODING_INVALID`, `BODY_INFLATED_TOO_LARGE` with `max`.
 * @throws what the stream fails with, unchanged.
 */
export const inflatedBody = async (
  stream: AsyncIterable<Uint8Array>,
  contentEncoding: string | undefined,
  bytesMax: number,
): Promise<Buffer> => {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  const bounded = upTo(stream, bytesMax);
  if (encoding === 'identity' || encoding === '') return collected(bounded, bytesMax);
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.() : undefined;
  if (decoder === undefined) throw admissionErrors.BODY_ENCODING_UNSUPPORTED();
  // Errors of either side reach the reader; destroying the decoder ends the source.
  pipeline(Readable.from(bounded), decoder, () => undefined);
  try {
    return await collected(decoder, bytesMax);
  } catch (cause) {
    throw isCorrupt(cause) ? admissionErrors.BODY_ENCODING_INVALID({}, cause) : cause;
  } finally {
    decoder.destroy();
  }
};

const collected = async (stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of upTo(stream, bytesMax)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const upTo = async function* (stream: AsyncIterable<Uint8Array>, max: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > max)
      throw admissionErrors.BODY_INFLATED_TOO_LARGE({ limit: 'bodyBytes', max, actual: bytes });
    yield chunk;
  }
};

/** zlib's own complaints, and brotli's; `Z_BUF_ERROR` is a body that ends too early. */
const isCorrupt = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^(Z_|ERR__ERROR_|ERR_BROTLI)/.test(error.code);
