import { resilienceErrors } from './resilience.errors.ts';

/** How long one may wait, and for whom. */
export type Deadline = {
  /** Milliseconds, an integer above 0; wall-clock time from the call, queueing included. */
  readonly timeoutMs: number;
  /** The caller's own signal, when it has one. */
  readonly parent?: AbortSignal | undefined;
};

/**
 * Runs `work` and stops waiting for it after `timeoutMs`, or as soon as the caller's own signal aborts.
 *
 * `work` receives the combined signal and must pass it on to every socket it opens; work that ignores it is
 * abandoned, not stopped, and its late failure is dropped. A child deadline can shorten its parent's time, never
 * extend it. Once settled, neither a timer nor a listener is left behind, however long the parent lives.
 *
 * @returns what `work` resolved with.
 * @throws {AppError} `UPSTREAM_TIMEOUT` when our own time ran out. Retryable, but only for idempotent work.
 * @throws the parent's abort reason, unchanged, when the caller gave up first; `work` is then not even begun if the
 *   parent was aborted before the call.
 */
export const withDeadline = async <Result>(
  { timeoutMs, parent }: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  parent?.throwIfAborted();
  const own = new AbortController();
  const { promise: gaveUp, reject } = deferred();
  const giveUp = (reason: unknown): void => {
    own.abort(reason);
    reject(reason);
  };
  const onParent = (): void => giveUp(parent?.reason);
  const timer = setTimeout(() => giveUp(resilienceErrors.UPSTREAM_TIMEOUT({ timeoutMs })), timeoutMs);
  parent?.addEventListener('abort', onParent, { once: true });
  try {
    return await Promise.race([work(own.signal), gaveUp]);
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener('abort', onParent);
  }
};

const deferred = (): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } => {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
};
