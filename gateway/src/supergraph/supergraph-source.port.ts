import type { SupergraphError } from './supergraph.errors.ts';

/** Where supergraph schemas come from, now and whenever they change. */
export type SupergraphSource = {
  /** For log lines: what it is and whence it reads, without credentials. */
  readonly name: string;
  /**
   * Looks once, tells the listener what it found or why it found nothing, and from then on tells it of every change.
   *
   * - The first word of the listener comes before the returned promise resolves.
   * - A text is told once: not again until another one, or a failure, has been told in between.
   * - A failure is told once for each change of what is wrong; the source goes on looking, and the next good text is told.
   * - What is there but cannot be used (empty, too large, does not compose) is a failure, never a text.
   * - Of several changes at once only the last one is told. Listener calls never overlap with each other.
   *
   * Called once. It does not throw for anything outside the program: that is what `failed` is for.
   */
  start(listener: SourceListener): Promise<void>;
  /** The listener hears nothing any more from the call on. May be called at any time, also twice. */
  stop(): Promise<void>;
};

export type SourceListener = {
  found(supergraphSdl: string): void;
  failed(error: SupergraphError): void;
};
