import { httpErrors } from '../http/http.errors.ts';
import type { GatewayRequest, Stage } from './stage.ts';

/**
 * Reads the body of a POST: JSON in UTF-8, not compressed, of at most `bodyBytesMax` bytes. Reading stops at the limit.
 *
 * @throws {AppError} `METHOD_NOT_ALLOWED`, `CONTENT_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `BAD_REQUEST`.
 */
export const useBody = ({ bodyBytesMax }: { readonly bodyBytesMax: number }): Stage => ({
  name: 'body limit',
  handle: async (request, next) => {
    if (request.method === 'GET') return next(request);
    if (request.method !== 'POST') throw httpErrors.METHOD_NOT_ALLOWED();
    if (!isPlainJson(request)) throw httpErrors.CONTENT_TYPE_UNSUPPORTED();
    return next({ ...request, body: parseJson(await readBytes(request, bodyBytesMax)) });
  },
});

const isPlainJson = ({ headers }: GatewayRequest): boolean => {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  return (
    type.trim() === 'application/json' &&
    encoding === 'identity' &&
    (charset === undefined || /^charset="?utf-?8"?$/.test(charset))
  );
};

const readBytes = async ({ headers, bodyStream }: GatewayRequest, bodyBytesMax: number): Promise<Buffer> => {
  if (Number(headers['content-length'] ?? 0) > bodyBytesMax)
    throw httpErrors.BODY_TOO_LARGE({ bodyBytesMax });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyStream) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) throw httpErrors.BODY_TOO_LARGE({ bodyBytesMax });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw httpErrors.BAD_REQUEST({}, cause);
  }
};
