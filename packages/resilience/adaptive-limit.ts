import { USUAL_SHARE } from './usual-latency.ts';

export type LimitBounds = {
  /** So many at once are always let in. */
  readonly min: number;
  /** What one begins with, and returns to when nothing is wrong. */
  readonly start: number;
  readonly max: number;
};

/** Work that takes up to so many times its usual latency waits for nothing that fewer at once would spare it. */
const TOLERANCE = 1.5;
/** A window with fewer answers says nothing, and goes on. */
const ANSWERS_MIN = 10;
/** Only what lasts so many windows is an overload: a pause of the garbage collector, or of the machine, fills one. */
const SLOW_WINDOWS_MIN = 3;
/** At the lowest limit for so many windows and still slow: then fewer at once do not help, and this is the usual latency. */
const LOWEST_WINDOWS_MAX = 20;
const SHRINK_MAX = 0.4;
const REGROW = 1.1;
const KEPT = 128;

/**
 * How many pieces of work may be under way at once, found by measuring: when even the quicker ones take a multiple of what they
 * usually take, for several windows, there are too many, and the limit shrinks in proportion; when it holds work back that
 * is quick enough, it grows.
 *
 * A latency is compared with the usual one of the same kind of work, so a different mix of quick and slow kinds changes nothing.
 * The lower quartile decides: a slow part of the system that some of the work stands on does not count as an overload of the whole.
 * Has no clock: whoever owns it closes a window about ten times a second.
 *
 * @see Jacobson, "Congestion Avoidance and Control", 1988; Brakmo and Peterson, "TCP Vegas", 1995.
 */
export class AdaptiveLimit {
  readonly #bounds: LimitBounds;
  readonly #ratios = new Float64Array(KEPT);
  #limit: number;
  #answers = 0;
  #inFlightSum = 0;
  #inFlightMax = 0;
  #window = 0;
  #slowWindows = 0;
  #lowestWindows = 0;
  #isSlow = false;

  constructor(bounds: LimitBounds) {
    this.#bounds = bounds;
    this.#limit = bounds.start;
  }

  /** An integer within the bounds. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Grows with every window that was closed. */
  get window(): number {
    return this.#window;
  }

  /** Whether what is measured now may be taken for the usual. */
  get isUsual(): boolean {
    return !this.#isSlow || this.#lowestWindows > LOWEST_WINDOWS_MAX;
  }

  /**
   * One piece of work has ended well.
   *
   * @param ratio its latency through the usual one of its kind. @param inFlight how many were under way, this one among them.
   */
  note(ratio: number, inFlight: number): void {
    this.#ratios[this.#answers % KEPT] = ratio;
    this.#answers += 1;
    this.#inFlightSum += inFlight;
    if (inFlight > this.#inFlightMax) this.#inFlightMax = inFlight;
  }

  /** Draws the conclusions of the time since the last window, unless too little has happened. */
  closeWindow(): void {
    this.#window += 1;
    if (this.#answers === 0) this.#limit = Math.max(this.#limit, Math.min(this.#grown(), this.#bounds.start));
    if (this.#answers < ANSWERS_MIN) return;
    const ratio = this.#ratio();
    const inFlight = this.#inFlightSum / this.#answers;
    this.#isSlow = ratio > TOLERANCE;
    this.#slowWindows = this.#isSlow ? this.#slowWindows + 1 : 0;
    if (this.#slowWindows >= SLOW_WINDOWS_MIN) this.#shrink(inFlight, ratio);
    else if (!this.#isSlow) this.#recover();
    this.#lowestWindows = this.#isSlow && this.limit === this.#bounds.min ? this.#lowestWindows + 1 : 0;
    this.#answers = 0;
    this.#inFlightSum = 0;
    this.#inFlightMax = 0;
  }

  #shrink(inFlight: number, ratio: number): void {
    const wanted = Math.min(this.#limit, inFlight) * Math.max(SHRINK_MAX, TOLERANCE / ratio);
    this.#limit = Math.max(this.#bounds.min, wanted);
  }

  /** Beyond what it began with only when it is needed; below, always: a limit that holds nothing back need not be low. */
  #recover(): void {
    const isNeeded = this.#inFlightMax >= this.limit;
    if (!isNeeded && this.#limit >= this.#bounds.start) return;
    const most = isNeeded ? this.#bounds.max : this.#bounds.start;
    this.#limit = Math.min(most, this.#grown());
  }

  #grown(): number {
    return Math.max(this.#limit * REGROW, this.#limit + 1);
  }

  #ratio(): number {
    const seen = this.#ratios.slice(0, Math.min(this.#answers, KEPT)).sort();
    return seen[Math.floor(seen.length * USUAL_SHARE)] ?? 1;
  }
}
