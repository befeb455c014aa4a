import { refusalOf } from '../http/refusal.ts';
import type { Stage } from './stage.ts';

/** Whatever an inner stage throws becomes a GraphQL-shaped answer with a permanent code; nothing passes unanswered. */
export const useRespond = (): Stage => ({
  name: 'respond',
  handle: async (request, next) => {
    try {
      return await next(request);
    } catch (error) {
      return refusalOf(error, request.headers['accept'], request.logger);
    }
  },
});
