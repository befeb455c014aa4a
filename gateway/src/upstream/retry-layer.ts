import type { RetryBudget } from '@saas/resilience';
import { failureKindOf, failureKindOfAnswer, failureKinds } from './failure-kinds.ts';
import type { Layer, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

/** Before the first repeat; twice as long before each further one. */
const WAIT_MS_MAX = 50;
/** Weight of the newest answer in the time that a typical one takes. */
const NEWEST = 1 / 8;

export type RetryOptions = {
  /** How often one query is sent again. */
  readonly attemptsMax: number;
  /** Of all calls to the subgraph. */
  readonly budget: RetryBudget;
  /** Whether the subgraph's breaker is closed for such calls. */
  readonly isClosed: (call: UpstreamCall) => boolean;
  /** Waits, no longer than the caller does. */
  readonly wait: (call: UpstreamCall, waitMs: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly nowMs?: () => number;
  /** Told of each repeat. */
  readonly onRetry?: (() => void) | undefined;
};

/**
 * Sends a query again that failed for a reason which may be over in a moment: after a random wait, when enough time is
 * left for it and a typical answer, the breaker is closed, and the budget has a token. Mutations are sent once.
 *
 * @throws what the last attempt failed with.
 */
export const retryLayer = (options: RetryOptions): Layer => {
  const { budget, attemptsMax, wait, isClosed, onRetry = () => undefined } = options;
  const { random = Math.random, nowMs = () => performance.now() } = options;
  let typicalMs = 0;

  /** True after the wait; false when it is not to be sent again. */
  const pause = async (call: UpstreamCall, repeats: number): Promise<boolean> => {
    if (repeats >= attemptsMax || !isClosed(call)) return false;
    const waitMs = random() * WAIT_MS_MAX * 2 ** repeats;
    if (nowMs() + waitMs + typicalMs > call.endsAtMs || !budget.take()) return false;
    await wait(call, waitMs);
    if (!isClosed(call)) return false;
    onRetry();
    return true;
  };
  return (send) => {
    const attempt = async (call: UpstreamCall, repeats: number): Promise<UpstreamAnswer> => {
      const beganAtMs = nowMs();
      let answer: UpstreamAnswer;
      try {
        answer = await send(call);
      } catch (error) {
        const { isRetried } = failureKinds[failureKindOf(error, call)];
        if (isRetried && (await pause(call, repeats))) return attempt(call, repeats + 1);
        throw error;
      }
      if (failureKindOfAnswer(answer) === 'failing_graphql')
        return (await pause(call, repeats)) ? attempt(call, repeats + 1) : answer;
      budget.earn();
      typicalMs += (nowMs() - beganAtMs - typicalMs) * NEWEST;
      return answer;
    };
    return (call) => (call.isMutation ? send(call) : attempt(call, 0));
  };
};
