import type { Breaker } from '@saas/resilience';
import { failureKindOf, failureKindOfAnswer, failureKinds } from './failure-kinds.ts';
import type { Layer, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/** Refuses calls whose breaker is not closed, as `SUBGRAPH_CIRCUIT_OPEN`, and tells it how the others ended. */
export const breakerLayer =
  (breakerOf: (call: Pick<UpstreamCall, 'isMutation'>) => Breaker): Layer =>
  (send) =>
  async (call) => {
    const breaker = breakerOf(call);
    const period = breaker.begin();
    if (period === undefined) throw upstreamErrors.SUBGRAPH_CIRCUIT_OPEN();
    try {
      const answer = await send(call);
      const kind = failureKindOfAnswer(answer);
      if (kind !== undefined && failureKinds[kind].isCounted) breaker.failed(period);
      else breaker.succeeded(period);
      return answer;
    } catch (error) {
      // What does not count is no success either: a client that leaves says nothing of the subgraph.
      if (failureKinds[failureKindOf(error, call)].isCounted) breaker.failed(period);
      throw error;
    }
  };
