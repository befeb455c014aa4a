import { resilienceErrors, type Bulkhead, type Waiter } from '@saas/resilience';
import type { CallWatch, WatchedCall } from './call-watch.ts';
import type { Layer, Send, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/**
 * Lets so many calls through at once; others wait for their turn, as long as they have time and a caller.
 *
 * @throws {AppError} `SUBGRAPH_BUSY` when too many wait already; `UPSTREAM_TIMEOUT`, `REQUEST_CANCELLED` out of the line.
 */
export const bulkheadLayer =
  (bulkhead: Bulkhead, watch: CallWatch): Layer =>
  (send) => {
    const run = async (call: UpstreamCall): Promise<UpstreamAnswer> => {
      try {
        return await send(call);
      } finally {
        bulkhead.leave();
      }
    };
    return (call) => (bulkhead.tryEnter() ? run(call) : inLine(call, { bulkhead, watch, run }));
  };

type Line = { readonly bulkhead: Bulkhead; readonly watch: CallWatch; readonly run: Send };

const inLine = async (call: UpstreamCall, line: Line): Promise<UpstreamAnswer> =>
  new Promise((resolve, reject) => {
    const waiting = new WaitingCall(call, line, resolve, reject);
    if (line.bulkhead.wait(waiting)) line.watch.add(waiting);
    else reject(upstreamErrors.SUBGRAPH_BUSY());
  });

class WaitingCall implements Waiter, WatchedCall {
  previous: Waiter | undefined;
  next: Waiter | undefined;
  place = -1;
  readonly endsAtMs: number;
  readonly caller: WatchedCall['caller'];
  readonly #call: UpstreamCall;
  readonly #line: Line;
  readonly #resolve: (answer: Promise<UpstreamAnswer>) => void;
  readonly #reject: (error: Error) => void;

  constructor(
    call: UpstreamCall,
    line: Line,
    resolve: (answer: Promise<UpstreamAnswer>) => void,
    reject: (error: Error) => void,
  ) {
    this.endsAtMs = call.endsAtMs;
    this.caller = call.caller;
    this.#call = call;
    this.#line = line;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  admit(): boolean {
    this.#line.watch.delete(this);
    // It left after the watch last looked.
    if (this.caller?.aborted === true) {
      this.#reject(upstreamErrors.REQUEST_CANCELLED());
      return false;
    }
    this.#resolve(this.#line.run(this.#call));
    return true;
  }

  giveUp(why: 'late' | 'left'): void {
    this.#line.watch.delete(this);
    this.#line.bulkhead.forget(this);
    this.#reject(why === 'late' ? resilienceErrors.UPSTREAM_TIMEOUT() : upstreamErrors.REQUEST_CANCELLED());
  }
}
