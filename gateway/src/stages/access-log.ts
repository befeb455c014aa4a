import type { PlainLines } from '@saas/telemetry';
import type { HttpReply, HttpRequest } from '../http/http-exchange.ts';
import type { Stage } from './stage.ts';

/** Writes one line per request, answered or refused: method, status, duration. Never the query, a token or a body. */
export const useAccessLog = ({
  accessLog,
}: {
  readonly accessLog: PlainLines;
}): Stage<HttpRequest, HttpReply> => {
  return {
    name: 'access log',
    handle: async (request, next) => {
      const startedAt = performance.now();
      const reply = await next(request);
      const durationMs = Math.round(performance.now() - startedAt);
      const { requestId, method, signal } = request;
      // Ids and methods are words by now: nothing in them needs escaping.
      accessLog.write(
        `"requestId":"${requestId}","method":"${method}","status":${reply.status},"durationMs":${durationMs},"hasLeft":${signal.aborted}`,
      );
      return reply;
    },
  };
};
