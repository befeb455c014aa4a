import type { HttpReply, HttpRequest } from '../http/http-exchange.ts';
import { settle, type Stage } from './stage.ts';

/** Everything done for a request happens within `requestDeadlineMs`; calls to subgraphs get what is left of it. */
export const useDeadline = ({
  requestDeadlineMs,
}: {
  readonly requestDeadlineMs: number;
}): Stage<HttpRequest, HttpReply> => ({
  name: 'deadline',
  handle: (request, next) => next(settle(request, { deadlineAtMs: performance.now() + requestDeadlineMs })),
});
