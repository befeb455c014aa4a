import type { Headers, HttpReply, HttpRequest } from '../http/http-exchange.ts';
import { httpErrors } from '../http/http.errors.ts';
import { acceptanceOf } from '../http/media-type.ts';
import { settle, type Stage } from './stage.ts';

/** Kinds of content that a browser lets any web page send without asking us first. */
const SIMPLE_CONTENT = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

/**
 * Settles how a request may be made and answered: by GET or POST, in a media type that its sender can read, and by
 * nobody who cannot set a header: a foreign web page can make a browser send any simple request.
 *
 * @param options.csrfPrevention off only where no browser can reach the gateway.
 * @throws {AppError} `METHOD_NOT_ALLOWED`, `NOT_ACCEPTABLE`, `CSRF_PREVENTED`.
 * @see https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 */
export const useNegotiate = ({
  csrfPrevention,
}: {
  readonly csrfPrevention: boolean;
}): Stage<HttpRequest, HttpReply> => ({
  name: 'negotiate',
  handle: (request, next) => {
    if (request.method !== 'GET' && request.method !== 'POST') throw httpErrors.METHOD_NOT_ALLOWED();
    const { mediaType, acceptsParts } = acceptanceOf(request.headers['accept']);
    if (mediaType === undefined) throw httpErrors.NOT_ACCEPTABLE();
    // A POST has to be JSON, which no page may send without asking.
    if (csrfPrevention && request.method === 'GET' && isSimple(request.headers))
      throw httpErrors.CSRF_PREVENTED();
    return next(settle(request, { mediaType, acceptsParts }));
  },
});

const isSimple = (headers: Headers): boolean => {
  if (headers['apollo-require-preflight'] || headers['x-apollo-operation-name']) return false;
  const contentType = headers['content-type'] ?? '';
  return contentType.trim() === '' || SIMPLE_CONTENT.test(contentType);
};
