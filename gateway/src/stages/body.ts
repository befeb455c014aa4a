import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { inflatedBody } from '../admission/inflated-body.ts';
import type { Headers, HttpReply, HttpRequest } from '../http/http-exchange.ts';
import { httpErrors } from '../http/http.errors.ts';
import { settle, type Stage } from './stage.ts';

/**
 * Reads the body of a POST: JSON in UTF-8, of at most `bodyBytesMax` bytes, on the wire and when inflated. Reading stops
 * at the limit.
 *
 * @throws {AppError} `CONTENT_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `BAD_REQUEST`, and what `inflatedBody` throws.
 */
export const useBody = ({
  bodyBytesMax,
}: {
  readonly bodyBytesMax: number;
}): Stage<HttpRequest, HttpReply> => ({
  name: 'body limit',
  handle: async (request, next) => {
    if (request.method === 'GET') return next(request);
    const { headers, bodyStream } = request;
    if (!isJson(headers)) throw httpErrors.CONTENT_TYPE_UNSUPPORTED();
    if (Number(headers['content-length'] ?? 0) > bodyBytesMax)
      throw httpErrors.BODY_TOO_LARGE({ bodyBytesMax });
    const encoding = headers['content-encoding'];
    const bytes =
      encoding === undefined
        ? await readBytes(bodyStream, bodyBytesMax)
        : await inflatedBody(bodyStream, encoding, bodyBytesMax);
    return next(settle(request, { body: parseJson(bytes) }));
  },
});

const isJson = (headers: Headers): boolean => {
  const contentType = headers['content-type'] ?? '';
  if (contentType === 'application/json') return true;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  return (
    type.trim() === 'application/json' && (charset === undefined || /^charset="?utf-?8"?$/.test(charset))
  );
};

/** By events: iterating over a stream costs several times as much as reading a small body. */
const readBytes = async (stream: Readable, bytesMax: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let hasEnded = false;
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      if (bytes <= bytesMax) return;
      stream.off('data', take);
      stream.pause();
      reject(httpErrors.BODY_TOO_LARGE({ bodyBytesMax: bytesMax }));
    };
    stream.on('data', take);
    stream.once('end', () => {
      hasEnded = true;
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    stream.once('error', (cause) => reject(httpErrors.BAD_REQUEST({}, cause)));
    // A client that leaves in the middle of its body: there is nobody to answer, but somebody waits here.
    stream.once('close', () => {
      if (!hasEnded) reject(httpErrors.BAD_REQUEST());
    });
  });

const BYTE_ORDER_MARK = '\uFEFF';

const parseJson = (bytes: Buffer): unknown => {
  if (!isUtf8(bytes)) throw httpErrors.BAD_REQUEST();
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch (cause) {
    throw httpErrors.BAD_REQUEST({}, cause);
  }
};
