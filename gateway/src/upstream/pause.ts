import type { CallWatch, WatchedCall } from './call-watch.ts';
import type { UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

/**
 * Waits as exactly as `watch` looks.
 *
 * @throws {AppError} `REQUEST_CANCELLED` when the call's caller leaves before.
 */
export const pauseOf =
  (watch: CallWatch) =>
  async (call: UpstreamCall, waitMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      watch.add(new Pause(call, { watch, endsAtMs: performance.now() + waitMs, resolve, reject }));
    });

type Options = {
  readonly watch: CallWatch;
  readonly endsAtMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

class Pause implements WatchedCall {
  place = -1;
  readonly caller: WatchedCall['caller'];
  readonly endsAtMs: number;
  readonly #options: Options;

  constructor(call: UpstreamCall, options: Options) {
    this.caller = call.caller;
    this.endsAtMs = options.endsAtMs;
    this.#options = options;
  }

  giveUp(why: 'late' | 'left'): void {
    const { watch, resolve, reject } = this.#options;
    watch.delete(this);
    if (why === 'late') resolve();
    else reject(upstreamErrors.REQUEST_CANCELLED());
  }
}
