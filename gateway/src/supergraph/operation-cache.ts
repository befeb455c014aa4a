import type { ConditionValues } from './plan-compiler.port.ts';

export type CachedOperation<Operation> = {
  readonly key: string;
  readonly operation: Operation;
  /** Of the texts of plan and document; what the engine compiles from them takes a small multiple. */
  readonly bytes: number;
  /** What is needed to plan it ahead elsewhere; undefined when it is not to be. */
  readonly ahead: Omit<UsedOperation, 'uses'> | undefined;
};

/** An operation that is worth planning ahead, and how often it was asked for. */
export type UsedOperation = {
  /** As in `WantedOperation`. */
  readonly key: string;
  /** The document as text: its syntax tree would take some twenty times as much. */
  readonly text: string;
  readonly operationName: string | undefined;
  /** Which of its plans it is, where the plan depends on conditions. */
  readonly conditionValues?: ConditionValues | undefined;
  readonly uses: number;
};

export type OperationCacheLimits = { readonly entriesMax: number; readonly bytesMax: number };

/** The operations used last, bounded by number and by bytes. An operation larger than all the room is not kept. */
export class OperationCache<Operation> {
  readonly #limits: OperationCacheLimits;
  // A Map remembers the order of insertion: the first one is the one not used for longest.
  readonly #entries = new Map<string, { readonly cached: CachedOperation<Operation>; uses: number }>();
  #bytes = 0;

  constructor(limits: OperationCacheLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Operation | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.uses += 1;
    // Before half of the room is taken nothing has to go, and putting it last would be in vain.
    const { entriesMax, bytesMax } = this.#limits;
    if (2 * this.#entries.size > entriesMax || 2 * this.#bytes > bytesMax) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry.cached.operation;
  }

  /** @param uses what is known of its use from before; the next ones are added. */
  set(cached: CachedOperation<Operation>, uses = 0): void {
    this.#delete(cached.key);
    if (cached.bytes > this.#limits.bytesMax) return;
    this.#entries.set(cached.key, { cached, uses });
    this.#bytes += cached.bytes;
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.entriesMax && this.#bytes <= this.#limits.bytesMax) return;
      this.#delete(key);
    }
  }

  /** The `count` most used, most used first. */
  mostUsed(count: number): readonly UsedOperation[] {
    return [...this.#entries.values()]
      .flatMap(({ cached: { ahead }, uses }) => (ahead === undefined ? [] : [{ ...ahead, uses }]))
      .toSorted((a, b) => b.uses - a.uses)
      .slice(0, count);
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.cached.bytes;
  }
}
