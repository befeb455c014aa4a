import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { admissionErrors } from '../admission/admission.errors.ts';
import { inflatedBody } from '../admission/inflated-body.ts';
import { jsonSize } from '../admission/json-size.ts';
import type { Headers, HttpReply, HttpRequest } from '../http/http-exchange.ts';
import { httpErrors } from '../http/http.errors.ts';
import { settle, type Stage } from './stage.ts';

/**
 * Reads the body of a POST: JSON in UTF-8, of at most `bodyBytesMax` bytes, on the wire and when inflated. Reading stops
 * at the limit.
 *
 * @throws {AppError} `CONTENT_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `BODY_VALUES_EXCEEDED`, `VARIABLES_NESTING_EXCEEDED`, `BAD_REQUEST`, and what `inflatedBody` throws.
 */
export const useBody = ({
  bodyBytesMax,
  bodyValuesMax,
}: {
  readonly bodyBytesMax: number;
  readonly bodyValuesMax: number;
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
    return next(settle(request, { body: parseJson(bytes, bodyValuesMax) }));
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
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let bytes = 0;
    // A promise hears the first of these alone. A client may leave in the middle of its body: there is nobody to
    // answer, but somebody waits here.
    const fail = (cause?: unknown): void => reject(httpErrors.BAD_REQUEST({}, cause));
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (first === undefined) first = chunk;
      else if (more === undefined) more = [first, chunk];
      else more.push(chunk);
      if (bytes <= bytesMax) return;
      stream.off('data', take);
      stream.pause();
      reject(httpErrors.BODY_TOO_LARGE({ bodyBytesMax: bytesMax }));
    };
    stream.on('data', take);
    stream.on('end', () => resolve(more === undefined ? (first ?? NOTHING) : Buffer.concat(more, bytes)));
    stream.on('error', fail);
    stream.on('close', () => {
      if (!stream.readableEnded) fail();
    });
  });

const NOTHING = Buffer.alloc(0);

const BYTE_ORDER_MARK = '\uFEFF';

/** Smaller bodies hold nothing that takes long, and not more values than characters. */
const UNCOUNTED_CHARACTERS = 16_384;
/** Deeper ones would make the parser recurse; how deep variables may be is for a later stage to say. */
const NESTING_MAX = 2_000;

const parseJson = (bytes: Buffer, valuesMax: number): unknown => {
  if (!isUtf8(bytes)) throw httpErrors.BAD_REQUEST();
  const text = bytes.toString('utf8');
  if (text.length > Math.min(UNCOUNTED_CHARACTERS, valuesMax)) holdSize(text, valuesMax);
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch (cause) {
    throw httpErrors.BAD_REQUEST({}, cause);
  }
};

const holdSize = (text: string, valuesMax: number): void => {
  const { values, nesting } = jsonSize(text, { values: valuesMax, nesting: NESTING_MAX });
  if (values > valuesMax)
    throw admissionErrors.BODY_VALUES_EXCEEDED({ limit: 'values', max: valuesMax, actual: values });
  if (nesting > NESTING_MAX)
    throw admissionErrors.VARIABLES_NESTING_EXCEEDED({ limit: 'nesting', max: NESTING_MAX, actual: nesting });
};
