import { setImmediate as nextTurn } from 'node:timers/promises';
import { resilienceErrors } from '@saas/resilience';
import type { CallWatch, WatchedCall } from './call-watch.ts';
import { parseAgain } from './subgraph-answer.ts';
import type { UpstreamAnswer, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/** Answers that are larger are read again for one sharer in each turn of the event loop. */
const AT_ONCE_BYTES_MAX = 64 * 1_024;

/**
 * One call on its way for everybody who asked for the same meanwhile. It is its callers' caller: it has left when all of
 * them have.
 */
export class Flight implements Pick<AbortSignal, 'aborted'> {
  /** What is sent. */
  readonly call: UpstreamCall;
  readonly #watch: CallWatch;
  readonly #sharers: Sharer[] = [];
  #gone = 0;

  constructor(first: UpstreamCall, watch: CallWatch) {
    const { request, context, isMutation, body, endsAtMs, isHurried } = first;
    this.call = { request, context, isMutation, body, endsAtMs, isHurried, caller: this };
    this.#watch = watch;
  }

  get aborted(): boolean {
    const [first] = this.#sharers;
    // Somebody who is alone is not watched here: whoever sends the call does that.
    return this.#sharers.length === 1 ? first?.caller?.aborted === true : this.#gone === this.#sharers.length;
  }

  /** The answer for one more caller, parsed for it alone; it ends for itself when its time is up or it leaves. */
  async join(call: UpstreamCall): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const sharer = new Sharer(this, call, resolve, reject);
      const [first] = this.#sharers;
      if (this.#sharers.length === 1 && first !== undefined) this.#watch.add(first);
      if (this.#sharers.push(sharer) > 1) this.#watch.add(sharer);
    });
  }

  /** Gives everybody who still waits an answer of their own. */
  async land(answer: UpstreamAnswer): Promise<void> {
    let isGiven = false;
    for (const sharer of this.#sharers) {
      if (sharer.isGone) continue;
      if (isGiven && answer.body.byteLength > AT_ONCE_BYTES_MAX) await nextTurn();
      if (!sharer.isGone) sharer.resolve(isGiven ? again(answer) : answer);
      isGiven = true;
      this.#forget(sharer);
    }
  }

  fail(error: unknown): void {
    for (const sharer of this.#sharers) {
      if (sharer.isGone) continue;
      sharer.reject(error);
      this.#forget(sharer);
    }
  }

  /** Lets one of those who wait go; the others wait on. */
  leave(sharer: Sharer, why: 'late' | 'left'): void {
    this.#forget(sharer);
    sharer.reject(why === 'late' ? resilienceErrors.UPSTREAM_TIMEOUT() : upstreamErrors.REQUEST_CANCELLED());
    // When the call itself is late at the same moment, that is its end, and not that nobody waits any more.
    if (why === 'left' || sharer.endsAtMs < this.call.endsAtMs) this.#gone += 1;
  }

  #forget(sharer: Sharer): void {
    if (sharer.isGone) return;
    sharer.isGone = true;
    if (this.#sharers.length > 1) this.#watch.delete(sharer);
  }
}

const again = (answer: UpstreamAnswer): UpstreamAnswer => ({ ...answer, ...parseAgain(answer.body) });

/** One of those who wait for a flight. */
class Sharer implements WatchedCall {
  place = -1;
  isGone = false;
  readonly endsAtMs: number;
  readonly caller: WatchedCall['caller'];
  readonly #flight: Flight;
  readonly resolve: (answer: UpstreamAnswer) => void;
  readonly reject: (error: unknown) => void;

  constructor(
    flight: Flight,
    { endsAtMs, caller }: UpstreamCall,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#flight = flight;
    this.endsAtMs = endsAtMs;
    this.caller = caller;
    this.resolve = resolve;
    this.reject = reject;
  }

  giveUp(why: 'late' | 'left'): void {
    this.#flight.leave(this, why);
  }
}
