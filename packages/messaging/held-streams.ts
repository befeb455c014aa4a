import type { Message } from './message-bus.port.ts';

/** So many streams may be held at once; beyond that, streams that are not confirmed stay in the way of others. */
const HELD_MAX = 10_000;
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

type Hold = { readonly untilMs: number; readonly attempts: number };

/**
 * Streams of which a message was not confirmed. Each waits before it is tried again, twice as long each time, from 0.1 to
 * 5 seconds, so that a stream that is refused does not take the place of those that are not. Times are those of any one
 * clock, in milliseconds.
 */
export class HeldStreams {
  readonly #holds = new Map<string, Hold>();

  get size(): number {
    return this.#holds.size;
  }

  /** Learns what became of a batch. */
  note(batch: readonly Message[], confirmed: ReadonlySet<string>, nowMs: number): void {
    const refused = new Set<string>();
    const moved = new Set<string>();
    for (const { id, stream } of batch) (confirmed.has(id) ? moved : refused).add(stream);
    for (const stream of moved) this.#holds.delete(stream);
    for (const stream of refused) {
      const attempts = (this.#holds.get(stream)?.attempts ?? 0) + 1;
      if (this.#holds.size >= HELD_MAX && attempts === 1) continue;
      const waitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 10));
      this.#holds.set(stream, { untilMs: nowMs + waitMs, attempts });
    }
  }

  /** Those whose time has not come yet. */
  waiting(nowMs: number): readonly string[] {
    return [...this.#holds].flatMap(([stream, { untilMs }]) => (untilMs > nowMs ? [stream] : []));
  }

  /** Milliseconds until the next one may be tried; undefined when none waits. */
  nextInMs(nowMs: number): number | undefined {
    let next: number | undefined;
    for (const { untilMs } of this.#holds.values()) {
      if (untilMs > nowMs) next = Math.min(next ?? Infinity, untilMs - nowMs);
    }
    return next;
  }
}
