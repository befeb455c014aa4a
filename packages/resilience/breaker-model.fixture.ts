import type { BreakerSettings, BreakerState } from './breaker.ts';

export type ModelSettings = BreakerSettings & { readonly probeMs: number; readonly soonMs: number };

/** A call that was let through. */
export type ModelCall = { readonly opening: number };

/**
 * What a breaker is to do, said as plainly as can be: everything that ever happened is kept, and looked through each
 * time. Without jitter. Times are whole milliseconds of one clock.
 */
export class BreakerModel {
  state: BreakerState = 'closed';
  readonly changes: BreakerState[] = [];
  probes = 0;
  nowMs: number;
  #openings = 0;
  #ended: { readonly atMs: number; readonly isFailure: boolean }[] = [];
  #oneFailureUntilMs = -Infinity;
  #resetAtMs = Infinity;
  #soonAtMs = Infinity;
  #probeEndsAtMs = Infinity;
  readonly #settings: ModelSettings;

  constructor(settings: ModelSettings, nowMs: number) {
    this.#settings = settings;
    this.nowMs = nowMs;
  }

  get isProbing(): boolean {
    return this.#probeEndsAtMs < Infinity;
  }

  begin(): ModelCall | undefined {
    return this.state === 'closed' ? { opening: this.#openings } : undefined;
  }

  end({ opening }: ModelCall, isFailure: boolean): void {
    if (this.state !== 'closed' || opening !== this.#openings) return;
    this.#ended.push({ atMs: this.nowMs, isFailure });
    const { failures, failureRate, windowMs } = this.#settings;
    const part = (atMs: number): number => Math.floor(atMs / (windowMs / 10));
    const lately = this.#ended.filter(({ atMs }) => part(this.nowMs) - part(atMs) < 10);
    const failed = lately.filter((each) => each.isFailure).length;
    const needed = this.nowMs < this.#oneFailureUntilMs ? 1 : failures;
    if (!isFailure || failed < needed || failed / lately.length < failureRate) return;
    this.#openings += 1;
    this.#open();
  }

  expectFailure(forMs: number): void {
    this.#ended = [];
    this.#oneFailureUntilMs = this.nowMs + forMs;
  }

  probeSoon(): void {
    if (this.state === 'open' && this.#soonAtMs === Infinity)
      this.#soonAtMs = this.nowMs + this.#settings.soonMs;
  }

  endProbe(isGood: boolean): void {
    if (!this.isProbing) return;
    this.#probeEndsAtMs = Infinity;
    if (isGood) {
      this.#resetAtMs = Infinity;
      this.expectFailure(this.#settings.windowMs);
      this.#change('closed');
    } else if (this.state === 'half-open') this.#open();
  }

  /** The next moment in which something happens by itself, and whether two things do. */
  next(): { readonly atMs: number; readonly isTie: boolean } {
    const [first = Infinity, second] = [this.#resetAtMs, this.#soonAtMs, this.#probeEndsAtMs].sort(
      (one, other) => one - other,
    );
    return { atMs: first, isTie: first === second };
  }

  /** Not past the next moment. */
  passTo(nowMs: number): void {
    this.nowMs = nowMs;
    if (this.#probeEndsAtMs <= nowMs) this.endProbe(false);
    if (this.#soonAtMs <= nowMs) {
      this.#soonAtMs = Infinity;
      if (this.state === 'open') this.#probe();
    }
    if (this.#resetAtMs <= nowMs) {
      this.#resetAtMs = Infinity;
      this.#change('half-open');
      this.#probe();
    }
  }

  #open(): void {
    this.#resetAtMs = this.nowMs + this.#settings.resetMs;
    this.#change('open');
  }

  #probe(): void {
    if (this.isProbing) return;
    this.probes += 1;
    this.#probeEndsAtMs = this.nowMs + this.#settings.probeMs;
  }

  #change(state: BreakerState): void {
    this.state = state;
    this.changes.push(state);
  }
}
