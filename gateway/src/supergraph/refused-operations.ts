import type { AppError, Clock } from '@saas/kernel';

export type RefusedOperationsLimits = { readonly entriesMax: number; readonly forMs: number };

/**
 * Operations that were refused for good, so that nobody pays for refusing them again: an operation that costs the planner its
 * thread does so once. Forgets the oldest when there are too many, and each after a while: on a machine under
 * stress, a harmless operation may have been too slow once.
 */
export class RefusedOperations {
  readonly #limits: RefusedOperationsLimits;
  readonly #clock: Clock;
  readonly #refused = new Map<string, { readonly error: AppError; readonly untilMs: number }>();

  constructor(limits: RefusedOperationsLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get(key: string): AppError | undefined {
    const refused = this.#refused.get(key);
    if (refused === undefined) return undefined;
    if (refused.untilMs > this.#clock.now().getTime()) return refused.error;
    this.#refused.delete(key);
    return undefined;
  }

  add(key: string, error: AppError): void {
    this.#refused.delete(key);
    this.#refused.set(key, { error, untilMs: this.#clock.now().getTime() + this.#limits.forMs });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > this.#limits.entriesMax && oldest !== undefined) this.#refused.delete(oldest);
  }
}
