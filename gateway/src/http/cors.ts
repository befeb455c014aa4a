import type { FastifyReply, FastifyRequest } from 'fastify';

const ALLOWED_HEADERS = [
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'consistency-token',
  'content-type',
  'x-apollo-operation-name',
  'x-request-id',
].join(', ');
const EXPOSED_HEADERS = 'consistency-token, retry-after, x-request-id';
/** Chromium's upper bound is two hours; ten minutes keep a changed list from lingering. */
const PREFLIGHT_SECONDS = 600;

/**
 * Lets web pages of the listed origins read our answers, and no others. Credentials of the browser (cookies) are never
 * allowed: clients send their token themselves. A preflight is answered here, for any path.
 *
 * @returns whether the request is answered.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export const answerCors = (
  origins: ReadonlySet<string>,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean => {
  const { origin } = request.headers;
  const isPreflight = request.method === 'OPTIONS';
  void reply.header('vary', 'origin');
  if (origin !== undefined && origins.has(origin)) {
    void reply.header('access-control-allow-origin', origin);
    void reply.header('access-control-expose-headers', EXPOSED_HEADERS);
    if (isPreflight) allowPreflight(request, reply);
  }
  if (isPreflight) void reply.code(204).header('allow', 'GET, POST, OPTIONS').send();
  return isPreflight;
};

const allowPreflight = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.headers({
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  });
  // A public page (Apollo Sandbox) may then call a gateway on the developer's own machine.
  if (request.headers['access-control-request-private-network'] === 'true') {
    void reply.header('access-control-allow-private-network', 'true');
  }
};
