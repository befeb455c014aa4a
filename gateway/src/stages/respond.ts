import type { HttpReply, HttpRequest } from '../http/http-exchange.ts';
import { refusalOf } from '../http/refusal.ts';
import type { Stage } from './stage.ts';

/** Whatever an inner stage throws becomes a GraphQL-shaped answer with a permanent code; nothing passes unanswered. */
export const useRespond = (): Stage<HttpRequest, HttpReply> => ({
  name: 'respond',
  handle: async (request, next) => {
    try {
      return await next(request);
    } catch (error) {
      return refusalOf(error, request.headers['accept'], request.logger);
    }
  },
});
