import { isAppError } from '@saas/kernel';
import { postgresErrors } from './postgres.errors.ts';

/** For how long somebody waits for the database; as long as its own limits allow unless said otherwise. */
export type Patience = {
  /** On `performance.now()`'s clock. */
  readonly endsAtMs?: number | undefined;
  /** Aborts when the answer is no use to anybody any more. A transaction that writes is not given one. */
  readonly signal?: AbortSignal | undefined;
};

/** How much time is left, whole milliseconds, at least 1; no more than `msMax`. */
export const leftMsOf = ({ endsAtMs = Infinity }: Patience, msMax: number): number =>
  Math.max(1, Math.min(msMax, Math.ceil(endsAtMs - performance.now())));

/** @throws {AppError} what {@link watchPatience} would tell, when patience is at its end already. */
export const requirePatience = ({ signal, endsAtMs = Infinity }: Patience): void => {
  if (signal?.aborted === true) throw reasonOf(signal);
  if (performance.now() >= endsAtMs) throw postgresErrors.DATABASE_TIMEOUT();
};

/**
 * Calls `giveUp` when patience ends: with `DATABASE_TIMEOUT` when the time was up, or with whatever coded error the signal was
 * aborted with. It may come twice.
 *
 * @returns a function to call when the wait is over; it leaves neither a timer nor a listener behind.
 */
export const watchPatience = (patience: Patience, giveUp: (reason: unknown) => void): (() => void) => {
  const { signal, endsAtMs } = patience;
  const onAbort = (): void => giveUp(signal && reasonOf(signal));
  const onLate = (): void => giveUp(postgresErrors.DATABASE_TIMEOUT());
  const timer = endsAtMs === undefined ? undefined : setTimeout(onLate, leftMsOf(patience, TIMER_MS_MAX));
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
};

/** Longer than any transaction lives, and what a timer can hold. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** That the whole request is late is told by its own error; here the database was what took so long. */
const reasonOf = ({ reason }: AbortSignal): unknown =>
  isAppError(reason) && reason.code !== 'UPSTREAM_TIMEOUT'
    ? reason
    : postgresErrors.DATABASE_TIMEOUT({}, reason);
