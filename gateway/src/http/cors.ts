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

/** Every answer depends on the origin that asks; nobody else may read it. */
const forOthers = { vary: 'origin' };

/**
 * Headers that let web pages of the listed origins read our answers, and no others. Credentials of the browser (cookies) are
 * never allowed: clients send their token themselves.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export const corsHeaders = (
  origins: ReadonlySet<string>,
  origin: string | undefined,
): Readonly<Record<string, string>> =>
  origin !== undefined && origins.has(origin)
    ? {
        ...forOthers,
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED_HEADERS,
      }
    : forOthers;

/** Answers a preflight, for any path. */
export const answerPreflight = (
  origins: ReadonlySet<string>,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): void => {
  if (headers.origin !== undefined && origins.has(headers.origin)) {
    void reply.headers({
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    });
    // A public page (Apollo Sandbox) may then call a gateway on the developer's own machine.
    if (headers['access-control-request-private-network'] === 'true') {
      void reply.header('access-control-allow-private-network', 'true');
    }
  }
  void reply.code(204).header('allow', 'GET, POST, OPTIONS').send();
};
