import { AdaptiveLimit, type LimitBounds } from './adaptive-limit.ts';
import { FairQueue, type QueueBounds, type Rank, type TurnWaiter } from './fair-queue.ts';
import type { Flow } from './flow.ts';
import { UsualLatency } from './usual-latency.ts';

export type GateOptions = { readonly limit: LimitBounds; readonly queue: QueueBounds };

/** Who asks for more than there is waits no longer than this part of what the work takes, and at least so many milliseconds. */
const STANDING_PART = 0.5;
const STANDING_MS_MIN = 10;
const SMOOTHING = 0.05;

/**
 * Lets as many in at once as can be served without holding one another up, and gives those who have to wait their turns fairly.
 * While there is room, entering costs a comparison. All times are milliseconds of one clock, which the caller brings along.
 *
 * Whoever has entered has to leave, once.
 */
export class OverloadGate {
  readonly #limit: AdaptiveLimit;
  readonly #queue: FairQueue;
  /** For work of a kind that is not known yet. */
  readonly #usualOfAll = new UsualLatency();
  #inFlight = 0;
  #latencyMs = 0;

  constructor({ limit, queue }: GateOptions) {
    this.#limit = new AdaptiveLimit(limit);
    this.#queue = new FairQueue(queue);
  }

  get limit(): number {
    return this.#limit.limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.length;
  }

  queuedOf(rank: Rank): number {
    return this.#queue.lengthOf(rank);
  }

  /** True: entered. False: there is no room now; wait, or go away. Nobody overtakes those who wait. */
  tryEnter(flow: Flow): boolean {
    if (this.#inFlight >= this.limit) return false;
    this.#begin(flow);
    return true;
  }

  /** Waits for a turn. `waiter` hears of it by one of its functions; to be refused may happen at once. */
  wait(flow: Flow, rank: Rank, waiter: TurnWaiter, nowMs: number): void {
    this.#queue.push(flow, flow.isGreedy ? 1 : rank, waiter, nowMs);
  }

  /** Work has ended well; `usual` is what is known of its kind. Lets the next one in. */
  leave(latencyMs: number, usual: UsualLatency, nowMs: number): void {
    const { ms } = usual.ms > 0 ? usual : this.#usualOfAll;
    if (ms > 0) this.#limit.note(latencyMs / ms, this.#inFlight);
    const { window, isUsual } = this.#limit;
    usual.learn(latencyMs, window, isUsual);
    this.#usualOfAll.learn(latencyMs, window, isUsual);
    this.#latencyMs += (this.#latencyMs === 0 ? 1 : SMOOTHING) * (latencyMs - this.#latencyMs);
    this.leaveUnmeasured(nowMs);
  }

  /** Work has ended otherwise: what it took says nothing. */
  leaveUnmeasured(nowMs: number): void {
    this.#inFlight -= 1;
    this.#fill(nowMs);
  }

  /** To be called about ten times a second. */
  tick(nowMs: number): void {
    this.#limit.closeWindow();
    this.#queue.sweep(nowMs, this.#standingMsMax());
    this.#fill(nowMs);
  }

  #fill(nowMs: number): void {
    while (this.#queue.length > 0 && this.#inFlight < this.limit) {
      const next = this.#queue.shift(nowMs, this.#standingMsMax());
      if (next === undefined) return;
      this.#begin(next.flow);
      next.waiter.enter();
    }
  }

  #begin(flow: Flow): void {
    this.#inFlight += 1;
    flow.begun += 1;
  }

  #standingMsMax(): number {
    // Nothing has ended yet: nobody knows how long is long.
    if (this.#latencyMs === 0) return Number.POSITIVE_INFINITY;
    return Math.max(STANDING_MS_MIN, STANDING_PART * this.#latencyMs);
  }
}
