import type { Rank } from './fair-queue.ts';
import { Flows, type Flow } from './flow.ts';
import { OverloadDoor } from './overload-door.ts';
import { OverloadGate } from './overload-gate.ts';
import { UsualLatency } from './usual-latency.ts';

/** Requests that come at random, a steady number in each second. */
export type Source = {
  readonly name: string;
  readonly perSecond: number;
  readonly rank?: Rank;
  /** Milliseconds of undisturbed service, on average. */
  readonly workMs?: number;
  readonly kind?: string;
};

export type Phase = { readonly untilMs: number; readonly sources: readonly Source[] };

type Options = {
  readonly phases: readonly Phase[];
  /** So many are served at full speed; more share it equally, as on a processor or behind a pool of connections. */
  readonly servers: number;
  readonly isGated?: boolean;
  /** Stalls: from, for so many milliseconds nothing is served. */
  readonly pauses?: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly seed?: number;
};

export type Outcome = {
  readonly source: string;
  readonly arrivedAtMs: number;
  readonly latencyMs: number;
  readonly was: 'served' | 'refused' | 'turned away';
};

const TICK_MS = 100;
const gateOptions = {
  limit: { min: 16, start: 128, max: 2_000 },
  queue: { lengthMax: 1_000, burstMsMax: 1_000 },
};

/** One service behind the gate and its door, in virtual time: the same seed gives the same outcomes. */
export const simulate = (options: Options): readonly Outcome[] => new Simulation(options).run();

type Job = {
  readonly source: Source;
  readonly arrivedAtMs: number;
  readonly flow: Flow;
  beganAtMs: number;
  endsAtWork: number;
};

class Simulation {
  readonly #options: Options;
  readonly #random: () => number;
  readonly #gate = new OverloadGate(gateOptions);
  readonly #door = new OverloadDoor({ loopDelayMsMax: 200, spared: 16 });
  readonly #flows = new Flows(1_000);
  readonly #usual = new Map<string, UsualLatency>();
  readonly #outcomes: Outcome[] = [];
  /** In order of their ends: the one with the least work left is first. */
  readonly #served: Job[] = [];
  #nowMs = 0;
  /** Work that each job has been given so far. */
  #workDone = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#random = randomNumbers(options.seed ?? 1);
  }

  run(): readonly Outcome[] {
    let tickAtMs = TICK_MS;
    for (const { untilMs, sources } of this.#options.phases) {
      const arrivals = sources.map((source) => ({ source, atMs: this.#nowMs + this.#gap(source) }));
      while (this.#nowMs < untilMs) {
        const next = arrivals.reduce((first, each) => (each.atMs < first.atMs ? each : first));
        const endAtMs = this.#nextEndMs();
        const atMs = Math.min(next.atMs, endAtMs, tickAtMs);
        this.#serveUntil(atMs);
        if (atMs === endAtMs) this.#end();
        else if (atMs === tickAtMs) {
          tickAtMs += TICK_MS;
          this.#tick();
        } else {
          next.atMs += this.#gap(next.source);
          this.#arrive(next.source);
        }
      }
    }
    return this.#outcomes;
  }

  #gap({ perSecond }: Source): number {
    return (-Math.log(1 - this.#random()) * 1_000) / perSecond;
  }

  #rateAt(nowMs: number): number {
    const isPaused = this.#options.pauses?.some(({ atMs, forMs }) => nowMs >= atMs && nowMs < atMs + forMs);
    return isPaused === true ? 0 : Math.min(1, this.#options.servers / Math.max(1, this.#served.length));
  }

  #nextEndMs(): number {
    const [first] = this.#served;
    const rate = this.#rateAt(this.#nowMs);
    if (first === undefined || rate === 0) return Number.POSITIVE_INFINITY;
    return this.#nowMs + Math.max(0, first.endsAtWork - this.#workDone) / rate;
  }

  #serveUntil(atMs: number): void {
    this.#workDone += (atMs - this.#nowMs) * this.#rateAt(this.#nowMs);
    this.#nowMs = atMs;
  }

  #arrive(source: Source): void {
    const flow = this.#flows.of(source.name);
    const job = { source, flow, arrivedAtMs: this.#nowMs, beganAtMs: 0, endsAtWork: 0 };
    if (this.#options.isGated === false) return this.#begin(job);
    if (!this.#door.isOpen && !this.#admits(source, flow)) return this.#note(job, 'turned away');
    if (this.#gate.tryEnter(flow)) return this.#begin(job);
    const waiter = {
      enter: () => this.#begin(job),
      refuse: () => this.#note(job, 'refused'),
      hasLeft: () => false,
    };
    this.#gate.wait(flow, source.rank ?? 1, waiter, this.#nowMs);
  }

  #admits({ rank }: Source, flow: Flow): boolean {
    return this.#door.admits(flow) || (rank === 0 && !flow.isGreedy);
  }

  #begin(job: Job): void {
    const { workMs = 10 } = job.source;
    // Between half and one and a half of the average, so that the quickest are still recognised as such.
    job.endsAtWork = this.#workDone + workMs * (0.5 + this.#random());
    job.beganAtMs = this.#nowMs;
    const at = this.#served.findIndex((each) => each.endsAtWork > job.endsAtWork);
    this.#served.splice(at < 0 ? this.#served.length : at, 0, job);
  }

  #end(): void {
    const job = this.#served.shift();
    if (job === undefined) return;
    this.#note(job, 'served');
    if (this.#options.isGated === false) return;
    const kind = job.source.kind ?? 'usual';
    const usual = this.#usual.get(kind) ?? new UsualLatency();
    this.#usual.set(kind, usual);
    this.#gate.leave(this.#nowMs - job.beganAtMs, usual, this.#nowMs);
  }

  #tick(): void {
    this.#gate.tick(this.#nowMs);
    this.#door.tick(this.#flows, 0);
  }

  #note({ source, arrivedAtMs }: Job, was: Outcome['was']): void {
    this.#outcomes.push({ source: source.name, arrivedAtMs, latencyMs: this.#nowMs - arrivedAtMs, was });
  }
}

/** Marsaglia's xorshift, 32 bits: between 0 and 1, without 1. */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
};
