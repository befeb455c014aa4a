/** Somebody in the line before a full bulkhead. The links are the bulkhead's own. */
export type Waiter = {
  previous: Waiter | undefined;
  next: Waiter | undefined;
  /** Called once, when a place is free. False when it is not wanted any more: the next in line is asked. */
  admit(): boolean;
};

export type BulkheadLimits = {
  /** Places. */
  readonly concurrentMax: number;
  /** Places in the line for them; 0 for none. */
  readonly queueMax: number;
};

/** So many at a time, so many in line for a place, and no more. Everything takes the same time however long the line is. */
export type Bulkhead = {
  /** Takes a place if there is one. Whoever got it calls `leave` once. */
  tryEnter(): boolean;
  /** Stands in line, first come, first served; to be called when there is no place. False when the line is full. */
  wait(waiter: Waiter): boolean;
  /** Takes one out of the line that is in it. */
  forget(waiter: Waiter): void;
  /** Gives a place back: to the first in line who still wants it. */
  leave(): void;
  readonly running: number;
  readonly waiting: number;
};

export const bulkhead = (limits: BulkheadLimits): Bulkhead => new Places(limits);

class Places implements Bulkhead {
  running = 0;
  waiting = 0;
  #first: Waiter | undefined;
  #last: Waiter | undefined;
  readonly #concurrentMax: number;
  readonly #queueMax: number;

  constructor({ concurrentMax, queueMax }: BulkheadLimits) {
    this.#concurrentMax = concurrentMax;
    this.#queueMax = queueMax;
  }

  tryEnter(): boolean {
    if (this.running >= this.#concurrentMax) return false;
    this.running += 1;
    return true;
  }

  wait(waiter: Waiter): boolean {
    if (this.waiting >= this.#queueMax) return false;
    this.waiting += 1;
    waiter.previous = this.#last;
    waiter.next = undefined;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    return true;
  }

  forget({ previous, next }: Waiter): void {
    this.waiting -= 1;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
  }

  leave(): void {
    // The place goes from hand to hand: nobody who comes in between can take it from those in line.
    for (let first = this.#first; first !== undefined; first = this.#first) {
      this.forget(first);
      if (first.admit()) return;
    }
    this.running -= 1;
  }
}
