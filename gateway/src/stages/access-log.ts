import type { HttpReply, HttpRequest } from '../http/http-exchange.ts';
import type { Stage } from './stage.ts';

/** Writes one line per request, answered or refused: method, status, duration. Never the query, a token or a body. */
export const useAccessLog = (): Stage<HttpRequest, HttpReply> => ({
  name: 'access log',
  handle: async (request, next) => {
    const startedAt = performance.now();
    const reply = await next(request);
    const durationMs = Math.round(performance.now() - startedAt);
    const hasLeft = request.signal.aborted;
    request.logger.info({ method: request.method, status: reply.status, durationMs, hasLeft }, 'request');
    return reply;
  },
});
