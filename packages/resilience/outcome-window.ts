/** How many of the calls that ended lately failed. */
export type OutcomeWindow = {
  /** Within the last `windowMs`, as of the last `add` or `passTo`. */
  readonly failed: number;
  readonly succeeded: number;
  add(outcome: 'failed' | 'succeeded', nowMs: number): void;
  /** Forgets what is older than `windowMs`. */
  passTo(nowMs: number): void;
  /** Forgets everything. */
  clear(): void;
};

const PARTS = 10;

/**
 * Counts in ten parts of `windowMs`, and forgets a whole part at a time: an outcome is known for at least nine tenths of
 * `windowMs` and never for longer than that. It takes the same room, however many calls there are.
 */
export const outcomeWindow = (windowMs: number): OutcomeWindow => new Parts(windowMs / PARTS);

class Parts implements OutcomeWindow {
  failed = 0;
  succeeded = 0;
  readonly #partMs: number;
  readonly #failed = new Uint32Array(PARTS);
  readonly #succeeded = new Uint32Array(PARTS);
  /** Counted from the clock's beginning; its place is what is left of it when divided by `PARTS`. */
  #part = 0;

  constructor(partMs: number) {
    this.#partMs = partMs;
  }

  add(outcome: 'failed' | 'succeeded', nowMs: number): void {
    this.passTo(nowMs);
    const counts = outcome === 'failed' ? this.#failed : this.#succeeded;
    const place = this.#part % PARTS;
    counts[place] = (counts[place] ?? 0) + 1;
    this[outcome] += 1;
  }

  passTo(nowMs: number): void {
    const part = Math.floor(nowMs / this.#partMs);
    if (part <= this.#part) return;
    const passed = Math.min(part - this.#part, PARTS);
    for (let each = 1; each <= passed; each += 1) this.#forget((this.#part + each) % PARTS);
    this.#part = part;
  }

  clear(): void {
    for (let place = 0; place < PARTS; place += 1) this.#forget(place);
  }

  #forget(place: number): void {
    this.failed -= this.#failed[place] ?? 0;
    this.succeeded -= this.#succeeded[place] ?? 0;
    this.#failed[place] = 0;
    this.#succeeded[place] = 0;
  }
}
