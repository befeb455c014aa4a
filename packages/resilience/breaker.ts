import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import { withDeadline } from './deadline.ts';
import { outcomeWindow, type OutcomeWindow } from './outcome-window.ts';

/** `half-open`: the other side is being tried out; calls are refused as when it is open. */
export type BreakerState = 'closed' | 'half-open' | 'open';

export type BreakerSettings = {
  /** It opens when so many calls failed within `windowMs`, … */
  readonly failures: number;
  /** … and they are at least this share of all that ended in that time; above 0, at most 1. */
  readonly failureRate: number;
  readonly windowMs: number;
  /** From its opening to the first probe, and from probe to probe; a fifth more or less, at random. */
  readonly resetMs: number;
};

export type BreakerOptions = BreakerSettings & {
  /** Finds out whether the other side works again. One at a time; a failure of any kind means no. */
  readonly probe: () => Promise<unknown>;
  /** What takes longer than this counts as failed, whether it ever ends or not. */
  readonly probeMs: number;
  /** Told of each change, once, after it. Must not throw. */
  readonly onChange?: (state: BreakerState) => void;
  /** Told how each probe ended. Must not throw. */
  readonly onProbe?: (outcome: 'succeeded' | 'failed') => void;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** A clock that never goes back. */
  readonly nowMs?: () => number;
};

/**
 * Refuses calls while what they are made to fails.
 *
 * Calls are not run by it: each begins with `begin` and says at its end what it has learned, if anything. Only what ended
 * while the breaker was closed, and in the same period, counts: calls that began before it opened cannot close it, keep it
 * open, or open it again after it closed.
 */
export type Breaker = {
  readonly state: BreakerState;
  /** The period in which the call begins, to be given back when it ends; undefined when it may not be made. */
  begin(): number | undefined;
  succeeded(period: number): void;
  failed(period: number): void;
  /**
   * For so long, one failure opens it, if it is also `failureRate` of what ended since. What ended before is forgotten,
   * so that many successes of the past do not outweigh it.
   */
  expectFailure(forMs: number): void;
  /** When it is open, probes soon (0.5 to 1.5 s from now) instead of later; only a probe that succeeds changes anything. */
  probeSoon(): void;
  /** Lets go of its timers; no call is let through any more. */
  stop(): void;
};

const JITTER = 0.2;
const PROBE_SOON_MS = 1_000;
const PROBE_SOON_JITTER = 0.5;

/**
 * Opossum keeps the state, the time until a probe, and the one probe; what opens the breaker is decided here, so that
 * nothing but failures of the other side does. It never sees a call: it would count refused ones, calls on their way and
 * filtered failures among all calls, let any late success close a half-open breaker, and keep a number per call.
 *
 * A breaker that a probe has closed expects a failure for `windowMs`: a probe says less than a call.
 */
export const breaker = (options: BreakerOptions): Breaker => new Circuit(options);

class Circuit implements Breaker {
  readonly #options: BreakerOptions;
  readonly #random: () => number;
  readonly #nowMs: () => number;
  readonly #window: OutcomeWindow;
  readonly #circuit: CircuitBreaker<[], void>;
  /** Opossum's own: it reads `resetTimeout` each time that it opens. */
  readonly #opossum: CircuitBreaker.Options<[]>;
  /** Lets opossum forget its old probes; it would use a timer of its own otherwise. */
  readonly #rotation = new EventEmitter();
  #period = 0;
  #oneFailureUntilMs = 0;
  #probing: Promise<void> | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#window = outcomeWindow(options.windowMs);
    this.#opossum = {
      timeout: false,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#rotation,
    };
    this.#circuit = new CircuitBreaker(async () => this.#probe(), this.#opossum);
    this.#circuit.on('open', () => options.onChange?.('open'));
    this.#circuit.on('close', () => this.#onClosed());
    this.#circuit.on('halfOpen', () => this.#onHalfOpen());
  }

  get state(): BreakerState {
    if (this.#circuit.closed) return 'closed';
    return this.#circuit.halfOpen ? 'half-open' : 'open';
  }

  begin(): number | undefined {
    return this.#circuit.closed ? this.#period : undefined;
  }

  succeeded(period: number): void {
    if (period === this.#period && this.#circuit.closed) this.#window.add('succeeded', this.#nowMs());
  }

  failed(period: number): void {
    if (period !== this.#period || !this.#circuit.closed) return;
    const nowMs = this.#nowMs();
    this.#window.add('failed', nowMs);
    const { failed, succeeded } = this.#window;
    const needed = nowMs < this.#oneFailureUntilMs ? 1 : this.#options.failures;
    if (failed < needed || failed < (failed + succeeded) * this.#options.failureRate) return;
    this.#period += 1;
    this.#drawResetTime();
    this.#circuit.open();
  }

  expectFailure(forMs: number): void {
    this.#window.clear();
    this.#oneFailureUntilMs = this.#nowMs() + forMs;
  }

  probeSoon(): void {
    if (!this.#circuit.opened || this.#soon !== undefined) return;
    const waitMs = spread(PROBE_SOON_MS, PROBE_SOON_JITTER, this.#random());
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      if (this.#circuit.opened) void this.#probeWhileOpen();
    }, waitMs).unref();
  }

  stop(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#circuit.shutdown();
  }

  #drawResetTime(): void {
    this.#opossum.resetTimeout = spread(this.#options.resetMs, JITTER, this.#random());
  }

  #onClosed(): void {
    this.expectFailure(this.#options.windowMs);
    this.#options.onChange?.('closed');
  }

  #onHalfOpen(): void {
    this.#options.onChange?.('half-open');
    this.#drawResetTime();
    this.#rotation.emit('rotate');
    // Opossum closes or opens by how this ends, and it does end: no call is waiting for it.
    this.#circuit.fire().catch(() => undefined);
  }

  /** Half-open or not, there is one probe at a time: what an early one finds counts for the other as well. */
  #probe(): Promise<void> {
    this.#probing ??= this.#probeOnce().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probeOnce(): Promise<void> {
    try {
      await withDeadline({ timeoutMs: this.#options.probeMs }, this.#options.probe);
      this.#options.onProbe?.('succeeded');
    } catch (error) {
      this.#options.onProbe?.('failed');
      throw error;
    }
  }

  async #probeWhileOpen(): Promise<void> {
    const period = this.#period;
    const isGood = await this.#probe().then(
      () => true,
      () => false,
    );
    if (isGood && period === this.#period && !this.#circuit.isShutdown) this.#circuit.close();
  }
}

/** `random` from 0 to 1 becomes a time around `middleMs`, `share` of it less or more. */
const spread = (middleMs: number, share: number, random: number): number =>
  middleMs * (1 - share + 2 * share * random);
