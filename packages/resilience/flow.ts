/** Those who share what there is: a tenant, or an address. */
export class Flow {
  readonly key: string;
  /** Since the last time that shares were settled. */
  arrived = 0;
  begun = 0;
  refused = 0;
  /** What part of its requests may come through the door, and what it has saved up of it. */
  share = 1;
  credit = 0;
  /** Asks for several times what others get, and is refused some of it: then nothing of it comes first. */
  isGreedy = false;
  /** Windows without any request. */
  idleWindows = 0;

  constructor(key: string) {
    this.key = key;
  }
}

const IDLE_WINDOWS_MAX = 600;

/** The flows that were seen within the last minute, at most `sizeMax`; whoever comes when it is full shares one flow with all such. */
export class Flows {
  readonly #flows = new Map<string, Flow>();
  readonly #sizeMax: number;
  readonly #others = new Flow('others');

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#flows.size;
  }

  of(key: string): Flow {
    const known = this.#flows.get(key);
    if (known !== undefined) return known;
    if (this.#flows.size >= this.#sizeMax) return this.#others;
    const flow = new Flow(key);
    this.#flows.set(key, flow);
    return flow;
  }

  /** Calls `settle` with each flow, begins to count anew, and forgets who has not come for long. */
  settle(settle: (flow: Flow) => void): void {
    this.#settleOne(this.#others, settle);
    for (const flow of this.#flows.values()) {
      this.#settleOne(flow, settle);
      if (flow.idleWindows > IDLE_WINDOWS_MAX) this.#flows.delete(flow.key);
    }
  }

  #settleOne(flow: Flow, settle: (flow: Flow) => void): void {
    const isIdle = flow.arrived === 0 && flow.begun === 0 && flow.refused === 0;
    flow.idleWindows = isIdle ? flow.idleWindows + 1 : 0;
    settle(flow);
    flow.arrived = 0;
    flow.begun = 0;
    flow.refused = 0;
  }
}
