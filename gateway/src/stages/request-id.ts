import { randomUUID } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../http/http-exchange.ts';
import type { Stage } from './stage.ts';

/** Short and harmless in a log line; anything else that a client sends is replaced. */
const ACCEPTABLE = /^[A-Za-z0-9_-]{8,64}$/;

/** Every request has an id, in each log line and in the reply: the client's `x-request-id`, or a new one. */
export const useRequestId = (newRequestId: () => string = randomUUID): Stage<HttpRequest, HttpReply> => ({
  name: 'request id',
  handle: async (request, next) => {
    const given = request.headers['x-request-id'] ?? '';
    const requestId = ACCEPTABLE.test(given) ? given : newRequestId();
    const reply = await next({ ...request, requestId, logger: request.logger.child({ requestId }) });
    return { ...reply, headers: { ...reply.headers, 'x-request-id': requestId } };
  },
});
