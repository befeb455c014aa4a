type Options = {
  /** So long without a break it has to shed before it counts as overwhelmed; and so long it must not, before it does no more. */
  readonly lastsMs: number;
};

/** Less than this part is turned away now and then in a burst. */
const SHARE_MIN = 0.1;
const PERIOD_MS = 1_000;

/**
 * Says whether work has been shed for so long that others had better take it. Neither a burst nor a single quiet second
 * changes the answer.
 */
export class SheddingState {
  readonly #lastsMs: number;
  #periodBeganMs: number | undefined;
  #admitted = 0;
  #shed = 0;
  /** Since when each period was, or was not, what the answer says that it is not. */
  #otherwiseMs = 0;
  #isOverwhelmed = false;

  constructor({ lastsMs }: Options) {
    this.#lastsMs = lastsMs;
  }

  get isOverwhelmed(): boolean {
    return this.#isOverwhelmed;
  }

  note(admitted: number, shed: number, nowMs: number): void {
    this.#admitted += admitted;
    this.#shed += shed;
    this.#periodBeganMs ??= nowMs;
    const elapsedMs = nowMs - this.#periodBeganMs;
    if (elapsedMs < PERIOD_MS) return;
    const isShedding = this.#shed > SHARE_MIN * (this.#shed + this.#admitted);
    this.#otherwiseMs = isShedding === this.#isOverwhelmed ? 0 : this.#otherwiseMs + elapsedMs;
    if (this.#otherwiseMs >= this.#lastsMs) {
      this.#isOverwhelmed = isShedding;
      this.#otherwiseMs = 0;
    }
    this.#periodBeganMs = nowMs;
    this.#admitted = 0;
    this.#shed = 0;
  }
}
