import { withDeadline } from './deadline.ts';

const TIMEOUT_MS = 5_000;

/** Remembers what was built, and takes it down in the reverse order. */
export type GracefulStop = {
  /**
   * Notes how to close something that has just been built.
   *
   * @param options.timeoutMs how long closing it may take before the next one's turn comes; 5 s unless said otherwise.
   */
  add(name: string, close: (signal: AbortSignal) => unknown, options?: { readonly timeoutMs?: number }): void;
  /**
   * Closes everything, last built first, one after the other. A closer that fails or runs out of time does not keep
   * the others from being closed. Called again, it answers with the same promise.
   *
   * @throws {AggregateError} after everything was tried: its message names what would not close, its `errors` say why.
   */
  stop(): Promise<void>;
};

type Closer = {
  readonly name: string;
  readonly close: (signal: AbortSignal) => unknown;
  readonly timeoutMs: number;
};

/** One list per process or service: construction adds to it, the signal handler (or a failed start) runs it. */
export const gracefulStop = (): GracefulStop => {
  const closers: Closer[] = [];
  let stopping: Promise<void> | undefined;
  return {
    add: (name, close, { timeoutMs = TIMEOUT_MS } = {}) => {
      closers.push({ name, close, timeoutMs });
    },
    stop: () => (stopping ??= closeAll(closers)),
  };
};

const closeAll = async (closers: Closer[]): Promise<void> => {
  const failed: { readonly name: string; readonly error: unknown }[] = [];
  // Taken from the end one by one, so that what is still being built while we stop is closed as well.
  for (let closer = closers.pop(); closer; closer = closers.pop()) {
    const { name, close, timeoutMs } = closer;
    try {
      await withDeadline({ timeoutMs }, async (signal) => close(signal));
    } catch (error) {
      failed.push({ name, error });
    }
  }
  if (failed.length === 0) return;
  throw new AggregateError(
    failed.map(({ error }) => error),
    `Did not close cleanly: ${failed.map(({ name }) => name).join(', ')}.`,
  );
};
