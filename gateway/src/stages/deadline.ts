import type { Stage } from './stage.ts';

/** Everything done for a request happens within `requestDeadlineMs`; calls to subgraphs get what is left of it. */
export const useDeadline = ({ requestDeadlineMs }: { readonly requestDeadlineMs: number }): Stage => ({
  name: 'deadline',
  handle: async (request, next) => next({ ...request, deadlineAtMs: performance.now() + requestDeadlineMs }),
});
