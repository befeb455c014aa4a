import type { Clock, SessionId } from '@saas/kernel';

/** The revocations a process knows of. Bounded: beyond `sizeMax` the oldest give way. */
export class KnownRevocations {
  readonly #untilBySession = new Map<SessionId, number>();
  readonly #clock: Clock;
  readonly #sizeMax: number;

  constructor(clock: Clock, sizeMax = 100_000) {
    this.#clock = clock;
    this.#sizeMax = sizeMax;
  }

  /** Remembers the later end; ignores one that has passed. */
  add(sessionId: SessionId, untilMs: number): void {
    if (untilMs <= Math.max(this.#nowMs(), this.#untilBySession.get(sessionId) ?? 0)) return;
    // Deleted first so that it moves to the end.
    this.#untilBySession.delete(sessionId);
    this.#untilBySession.set(sessionId, untilMs);
    if (this.#untilBySession.size <= this.#sizeMax) return;
    const [oldest] = this.#untilBySession.keys();
    if (oldest !== undefined) this.#untilBySession.delete(oldest);
  }

  has(sessionId: SessionId): boolean {
    const untilMs = this.#untilBySession.get(sessionId);
    if (untilMs === undefined) return false;
    if (untilMs > this.#nowMs()) return true;
    this.#untilBySession.delete(sessionId);
    return false;
  }

  /** Those that still count; the expired are forgotten on the way. */
  entries(): readonly (readonly [SessionId, number])[] {
    return [...this.#untilBySession].filter(([sessionId]) => this.has(sessionId));
  }

  /** As `entries`, and forgets them. */
  take(): readonly (readonly [SessionId, number])[] {
    const entries = this.entries();
    this.#untilBySession.clear();
    return entries;
  }

  #nowMs(): number {
    return this.#clock.now().getTime();
  }
}
