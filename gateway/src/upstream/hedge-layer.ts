import type { LatencyWindow, RetryBudget } from '@saas/resilience';
import type { CallWatch, WatchedCall } from './call-watch.ts';
import type { Layer, Send, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

/** What is long to send is long to answer: it is not asked for twice. */
const BODY_CHARACTERS_MAX = 16 * 1_024;

export type HedgeOptions = {
  readonly watch: CallWatch;
  /** Of the queries to the subgraph. */
  readonly latencies: LatencyWindow;
  /** Of all second attempts. */
  readonly budget: RetryBudget;
  /** Whether the subgraph's breaker is closed for such calls. */
  readonly isClosed: (call: UpstreamCall) => boolean;
  readonly nowMs?: () => number;
  /** Told of each second attempt. */
  readonly onHedge?: (() => void) | undefined;
};

/**
 * Sends a query a second time when it takes longer than nineteen of twenty do. The first answer counts, and whoever is
 * still on its way is given up. Fails when both have failed, as the last one did.
 */
export const hedgeLayer = ({ nowMs = () => performance.now(), ...options }: HedgeOptions): Layer => {
  const { latencies } = options;
  return (send) => {
    const measured = async (call: UpstreamCall): Promise<UpstreamAnswer> => {
      const beganAtMs = nowMs();
      const answer = await send(call);
      latencies.add(nowMs() - beganAtMs);
      return answer;
    };
    return async (call) => {
      if (call.isMutation || call.body.length > BODY_CHARACTERS_MAX) return send(call);
      const { slowMs } = latencies;
      if (slowMs === undefined) return measured(call);
      return new Promise((resolve, reject) => {
        new Race(call, { ...options, send: measured, resolve, reject }).begin(nowMs() + slowMs);
      });
    };
  };
};

type RaceOptions = Omit<HedgeOptions, 'nowMs' | 'latencies'> & {
  readonly send: Send;
  readonly resolve: (answer: UpstreamAnswer) => void;
  readonly reject: (error: unknown) => void;
};

/** Up to two attempts at one call. It is watched until its second attempt begins, or the first has ended. */
class Race implements WatchedCall {
  place = -1;
  endsAtMs = Infinity;
  readonly caller: WatchedCall['caller'];
  readonly #call: UpstreamCall;
  readonly #options: RaceOptions;
  readonly #attempts: Attempt[] = [];
  #isWatched = false;
  #running = 0;

  constructor(call: UpstreamCall, options: RaceOptions) {
    this.caller = call.caller;
    this.#call = call;
    this.#options = options;
  }

  begin(slowAtMs: number): void {
    this.endsAtMs = slowAtMs;
    this.#isWatched = true;
    this.#options.watch.add(this);
    void this.#attempt();
  }

  /** The first attempt is late; or its caller has left, which is for whoever sends it to see. */
  giveUp(why: 'late' | 'left'): void {
    this.#unwatch();
    const { isClosed, budget, onHedge } = this.#options;
    if (why === 'left' || !isClosed(this.#call) || !budget.take()) return;
    onHedge?.();
    void this.#attempt();
  }

  async #attempt(): Promise<void> {
    const { request, context, isMutation, body, endsAtMs, isHurried } = this.#call;
    const caller = new Attempt(this.caller);
    this.#attempts.push(caller);
    this.#running += 1;
    try {
      const answer = await this.#options.send({
        request,
        context,
        isMutation,
        body,
        endsAtMs,
        isHurried,
        caller,
      });
      // The other one has answered before.
      if (caller.isLost) return;
      this.#unwatch();
      this.#options.budget.earn();
      for (const attempt of this.#attempts) attempt.isLost = attempt !== caller;
      this.#options.resolve(answer);
    } catch (error) {
      this.#running -= 1;
      if (this.#running > 0) return;
      this.#unwatch();
      this.#options.reject(error);
    }
  }

  #unwatch(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    this.#options.watch.delete(this);
  }
}

/** Who waits for one attempt: the call's caller, until the other attempt has won. */
class Attempt implements Pick<AbortSignal, 'aborted'> {
  isLost = false;
  readonly #caller: WatchedCall['caller'];

  constructor(caller: WatchedCall['caller']) {
    this.#caller = caller;
  }

  get aborted(): boolean {
    return this.isLost || this.#caller?.aborted === true;
  }
}
