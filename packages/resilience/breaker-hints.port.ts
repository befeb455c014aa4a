/** What one gateway tells the others of one of its breakers. */
export type BreakerHint = {
  /** The same in every gateway, for example `projects:query`. */
  readonly circuit: string;
  readonly change: 'opened' | 'closed';
};

/**
 * Hints between processes that call the same others. They are hints and nothing more: whoever hears one may look closer or
 * sooner, and decides by what it sees itself. None may come, or some, late, or twice.
 */
export type BreakerHints = {
  /** Tells everybody else who listens; never oneself. Returns at once and never throws: what cannot be told now is not told. */
  publish(hint: BreakerHint): void;
  /** @param listener must not throw. @returns what ends that. */
  listen(listener: (hint: BreakerHint) => void): () => void;
};
