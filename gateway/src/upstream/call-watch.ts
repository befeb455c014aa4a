/** A call in flight. */
export type WatchedCall = {
  /** On `performance.now()`'s clock. */
  readonly endsAtMs: number;
  /** Whoever waits for the call; undefined when nobody's leaving ends it. */
  readonly caller: Pick<AbortSignal, 'aborted'> | undefined;
  giveUp(why: 'late' | 'left'): void;
};

export type CallWatch = {
  add(call: WatchedCall): void;
  delete(call: WatchedCall): void;
};

/**
 * Ends calls whose time is up or whose caller has left, up to `everyMs` after that.
 *
 * One timer looks at all calls in flight: a timer and an abort listener of its own for each would cost ten times as much
 * per call, and the precision is not missed.
 */
export const callWatch = (everyMs = 10): CallWatch => {
  const calls = new Set<WatchedCall>();
  let isTicking = false;
  const tick = (): void => {
    const nowMs = performance.now();
    for (const call of calls) {
      if (call.caller?.aborted === true) call.giveUp('left');
      else if (nowMs >= call.endsAtMs) call.giveUp('late');
    }
    isTicking = calls.size > 0;
    if (isTicking) setTimeout(tick, everyMs);
  };
  return {
    add: (call) => {
      calls.add(call);
      if (isTicking) return;
      isTicking = true;
      // Not `unref`: a call that waits for nothing but its deadline must still end.
      setTimeout(tick, everyMs);
    },
    delete: (call) => {
      calls.delete(call);
    },
  };
};
