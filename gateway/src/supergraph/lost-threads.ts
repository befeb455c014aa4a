export type LostThreadsLimits = {
  /** Threads that operations may cost within `withinMs`. */
  readonly lossesMax: number;
  readonly withinMs: number;
};

type Loss = { readonly size: number; readonly atMs: number };

/**
 * Remembers the sizes of operations that lately cost the planner its thread. Once there are many, operations as large as the
 * smallest of them are suspect until some time has gone by: each loss takes time from everybody, and whoever sends
 * hostile operations can send a different one each time.
 */
export class LostThreads {
  readonly #limits: LostThreadsLimits;
  readonly #nowMs: () => number;
  #losses: readonly Loss[] = [];

  /** @param nowMs milliseconds of any steady clock. */
  constructor(limits: LostThreadsLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  note(size: number): void {
    this.#losses = [...this.#recent(), { size, atMs: this.#nowMs() }].slice(-this.#limits.lossesMax);
  }

  isSuspect(size: number): boolean {
    if (this.#losses.length < this.#limits.lossesMax) return false;
    const recent = this.#recent();
    return recent.length >= this.#limits.lossesMax && recent.some((loss) => loss.size <= size);
  }

  #recent(): readonly Loss[] {
    const sinceMs = this.#nowMs() - this.#limits.withinMs;
    return this.#losses.filter(({ atMs }) => atMs > sinceMs);
  }
}
