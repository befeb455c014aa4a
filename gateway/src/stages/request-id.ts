import { randomBytes } from 'node:crypto';
import { requestLogger, type Logger } from '@saas/telemetry';
import type { HttpReply, HttpRequest } from '../http/http-exchange.ts';
import { settle, type Stage } from './stage.ts';

type Options = {
  /** What the lines of all requests go to. */
  readonly logger: Logger;
  readonly newRequestId?: () => string;
};

/** Short and harmless in a log line; anything else that a client sends is replaced. */
const ACCEPTABLE = /^[A-Za-z0-9_-]{8,64}$/;

/** Every request has an id, in each log line and in the reply: the client's `x-request-id`, or a new one. */
export const useRequestId = ({
  logger,
  newRequestId = requestIds(),
}: Options): Stage<HttpRequest, HttpReply> => ({
  name: 'request id',
  handle: async (request, next) => {
    const given = request.headers['x-request-id'];
    const requestId = given !== undefined && ACCEPTABLE.test(given) ? given : newRequestId();
    const reply = await next(settle(request, { requestId, logger: requestLogger(logger, requestId) }));
    settle(reply.headers, { 'x-request-id': requestId });
    return reply;
  },
});

const PREFIX_BYTES = 9;

/** Unique, not secret: a random part for each process, and a number. */
const requestIds = (): (() => string) => {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
};
