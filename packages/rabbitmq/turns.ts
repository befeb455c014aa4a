/** Runs what has the same key one after the other, in the order of asking, and everything else side by side. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** How many keys have work that has not ended. */
  get size(): number {
    return this.#tails.size;
  }

  /** Resolves or rejects as `work` does. A failure does not keep the next from its turn. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(work);
    const tail = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    this.#tails.set(key, tail);
    return result;
  }

  /** Resolves when everything that was asked for has ended, also what was added meanwhile. Never rejects. */
  async settled(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
