import type { Flow } from './flow.ts';

/** Somebody who waits. Hears exactly one of the two, once, synchronously. */
export type TurnWaiter = {
  readonly enter: () => void;
  readonly refuse: (reason: QueueRefusal) => void;
  /** Nobody waits for the answer any more: passed over without a word. */
  readonly hasLeft: () => boolean;
};

export type QueueRefusal = 'queue_full' | 'waited_too_long';

/** Lower ranks come first. */
export type Rank = 0 | 1;

export type QueueBounds = {
  /** Waiting at once; one flow may have as many of them as there are for each flow that waits. */
  readonly lengthMax: number;
  /** How long one waits at most while the queue of its flow is being worked off. */
  readonly burstMsMax: number;
};

/** A flow whose queue has not been empty for so long is not in a burst: it asks for more than it gets. */
const BURST_MS = 250;
/** While rank 1 waits, it gets one turn of so many. */
const TURNS = 5;

/**
 * Lets those who wait in by turns: the flows one after the other, whatever each of them asks for; lower ranks before higher ones,
 * which still get every fifth turn. In and out take the same time however many wait.
 *
 * A flow that waits a little is served in order. One that has waited without a break has its newest served first, and the old ones
 * are refused soon: all would wait in vain otherwise, each a little too long.
 *
 * @see Nichols and Jacobson, "Controlling Queue Delay", 2012; Maurer, "Fail at Scale", 2015 (adaptive LIFO); Shreedhar and Varghese,
 *   "Efficient Fair Queuing using Deficit Round Robin", 1995.
 */
export class FairQueue {
  readonly #lanes = [new Lane(), new Lane()] as const;
  readonly #bounds: QueueBounds;
  #length = 0;
  #turn = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#length;
  }

  lengthOf(rank: Rank): number {
    return this.#lanes[rank].length;
  }

  /** Puts `waiter` behind its own flow. One that has its share of the queue already gives up its oldest for it. */
  push(flow: Flow, rank: Rank, waiter: TurnWaiter, nowMs: number): void {
    const lane = this.#lanes[rank];
    const own = lane.queueOf(flow, nowMs);
    const { lengthMax } = this.#bounds;
    const share = Math.max(1, Math.floor(lengthMax / lane.flows));
    if (own.length >= share) this.#refuseOldest(lane, own, 'queue_full');
    else if (this.#length >= 2 * lengthMax) {
      lane.dropIfEmpty(own);
      flow.refused += 1;
      waiter.refuse('queue_full');
      return;
    }
    lane.add(own, { waiter, sinceMs: nowMs, older: own.newest, newer: undefined });
    this.#length += 1;
  }

  /** The next one whose turn it is, or undefined when nobody waits. Who has waited too long is refused on the way. */
  shift(
    nowMs: number,
    standingMsMax: number,
  ): { readonly flow: Flow; readonly waiter: TurnWaiter } | undefined {
    for (;;) {
      const lane = this.#nextLane();
      const own = lane?.next();
      if (lane === undefined || own === undefined) return undefined;
      this.#refuseLate(lane, own, nowMs, standingMsMax);
      const entry = isStanding(own, nowMs) ? own.newest : own.oldest;
      if (entry === undefined) continue;
      this.#remove(lane, own, entry);
      lane.endTurn(own);
      if (!entry.waiter.hasLeft()) return { flow: own.flow, waiter: entry.waiter };
    }
  }

  /** Refuses all who have waited too long. */
  sweep(nowMs: number, standingMsMax: number): void {
    for (const lane of this.#lanes) {
      for (const own of lane.all()) this.#refuseLate(lane, own, nowMs, standingMsMax);
    }
  }

  #nextLane(): Lane | undefined {
    const [first, second] = this.#lanes;
    if (second.length === 0) return first.length === 0 ? undefined : first;
    if (first.length === 0) return second;
    this.#turn = (this.#turn + 1) % TURNS;
    return this.#turn === 0 ? second : first;
  }

  #refuseLate(lane: Lane, own: FlowQueue, nowMs: number, standingMsMax: number): void {
    const { burstMsMax } = this.#bounds;
    const msMax = isStanding(own, nowMs) ? Math.min(standingMsMax, burstMsMax) : burstMsMax;
    while (own.oldest !== undefined && nowMs - own.oldest.sinceMs > msMax)
      this.#refuseOldest(lane, own, 'waited_too_long');
    lane.dropIfEmpty(own);
  }

  #refuseOldest(lane: Lane, own: FlowQueue, reason: QueueRefusal): void {
    const { oldest } = own;
    if (oldest === undefined) return;
    this.#remove(lane, own, oldest);
    own.flow.refused += 1;
    oldest.waiter.refuse(reason);
  }

  #remove(lane: Lane, own: FlowQueue, entry: Entry): void {
    lane.remove(own, entry);
    this.#length -= 1;
  }
}

type Entry = {
  readonly waiter: TurnWaiter;
  readonly sinceMs: number;
  older: Entry | undefined;
  newer: Entry | undefined;
};

/** Those of one flow and rank; lives from the first who waits until none does. */
type FlowQueue = {
  readonly flow: Flow;
  readonly sinceMs: number;
  oldest: Entry | undefined;
  newest: Entry | undefined;
  length: number;
};

const isStanding = ({ flow, sinceMs }: FlowQueue, nowMs: number): boolean =>
  flow.share < 1 || nowMs - sinceMs > BURST_MS;

/** The flows of one rank. A Set remembers insertion order: who had a turn is put back, and is the last. */
class Lane {
  readonly #queues = new Map<Flow, FlowQueue>();
  readonly #turns = new Set<FlowQueue>();
  length = 0;

  get flows(): number {
    return this.#turns.size;
  }

  queueOf(flow: Flow, nowMs: number): FlowQueue {
    const known = this.#queues.get(flow);
    if (known !== undefined) return known;
    const own: FlowQueue = { flow, sinceMs: nowMs, oldest: undefined, newest: undefined, length: 0 };
    this.#queues.set(flow, own);
    this.#turns.add(own);
    return own;
  }

  next(): FlowQueue | undefined {
    for (const own of this.#turns) return own;
    return undefined;
  }

  all(): readonly FlowQueue[] {
    return [...this.#turns];
  }

  add(own: FlowQueue, entry: Entry): void {
    entry.older = own.newest;
    if (own.newest === undefined) own.oldest = entry;
    else own.newest.newer = entry;
    own.newest = entry;
    own.length += 1;
    this.length += 1;
  }

  remove(own: FlowQueue, entry: Entry): void {
    if (entry.older === undefined) own.oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) own.newest = entry.older;
    else entry.newer.older = entry.older;
    own.length -= 1;
    this.length -= 1;
  }

  endTurn(own: FlowQueue): void {
    this.#turns.delete(own);
    if (own.length > 0) this.#turns.add(own);
    else this.#queues.delete(own.flow);
  }

  dropIfEmpty(own: FlowQueue): void {
    if (own.length > 0) return;
    this.#turns.delete(own);
    this.#queues.delete(own.flow);
  }
}
