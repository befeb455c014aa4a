/** The share of the answers that come sooner than the usual latency. What is compared with it must be the same share. */
export const USUAL_SHARE = 0.25;
/** A step shrinks with the answers seen, so that the first seconds teach fast, and never below the second. */
const FIRST_STEP = 0.5;
const STEP_MIN = 0.003;

/**
 * How long one kind of work usually takes: the lower quartile of its latency, learned as it goes. One answer per window counts, so
 * that a flood of slow ones teaches nothing in a moment: a usual latency that once is known rises by less than a percent in a second.
 *
 * @see Robbins and Monro, "A Stochastic Approximation Method", 1951: a quantile by steps of p up and 1 - p down.
 */
export class UsualLatency {
  #ms = 0;
  #learned = 0;
  #window = -1;

  /** 0 until anything is known. */
  get ms(): number {
    return this.#ms;
  }

  /** @param mayRise false while work waits for other work: then slow answers are a symptom, not the usual. */
  learn(latencyMs: number, window: number, mayRise: boolean): void {
    if (window === this.#window) return;
    this.#window = window;
    if (this.#learned === 0) {
      this.#ms = latencyMs;
      this.#learned = 1;
      return;
    }
    const isSooner = latencyMs < this.#ms;
    if (!isSooner && !mayRise) return;
    const step = Math.max(STEP_MIN, FIRST_STEP * this.#learned ** -0.7);
    this.#ms *= isSooner ? 1 - step * (1 - USUAL_SHARE) : 1 + step * USUAL_SHARE;
    this.#learned += 1;
  }
}
