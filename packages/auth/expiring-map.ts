import type { Clock } from '@saas/kernel';

/** A bounded map whose entries end at their own time. When it is full, what was used longest ago makes room. */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly endsAtMs: number }>();
  readonly #sizeMax: number;
  readonly #clock: Clock;

  constructor(sizeMax: number, clock: Clock) {
    this.#sizeMax = sizeMax;
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.endsAtMs <= this.#clock.now().getTime()) return undefined;
    // A Map remembers insertion order: put back, it is the newest.
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value, endsAtMs: number): void {
    this.#entries.delete(key);
    if (endsAtMs <= this.#clock.now().getTime()) return;
    this.#entries.set(key, { value, endsAtMs });
    if (this.#entries.size <= this.#sizeMax) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
