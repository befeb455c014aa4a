import { withDeadline } from './deadline.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** The part of `process` that is needed to stop on a signal. */
export type SignalSource = {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  exit(code: number): unknown;
};

type Options = {
  /** How long stopping may take altogether; then the process ends anyway. */
  readonly timeoutMs: number;
  /** Told of everything that would not stop, before the process ends with code 1. */
  readonly onProblem?: (error: unknown) => void;
  /** Milliseconds of any steady clock; for tests. */
  readonly nowMs?: () => number;
};

// One Ctrl-C arrives twice: from the terminal, and again from npm, which passes on what it got itself.
const ECHO_MS = 1_000;

/**
 * Stops on SIGTERM or SIGINT and then ends the process: code 0 when everything closed, 1 when something would not or
 * time ran out. A second signal, a second or more later, ends it at once with code 130.
 *
 * @returns a function that takes the listeners off again.
 */
export const stopOnSignals = (
  stop: (signal: StopSignal) => Promise<unknown>,
  source: SignalSource,
  { timeoutMs, onProblem = () => undefined, nowMs = () => performance.now() }: Options,
): (() => void) => {
  let stoppingSince: number | undefined;
  const onSignal = (signal: StopSignal): void => {
    if (stoppingSince !== undefined) {
      if (nowMs() - stoppingSince >= ECHO_MS) source.exit(130);
      return;
    }
    stoppingSince = nowMs();
    withDeadline({ timeoutMs }, async () => stop(signal)).then(
      () => source.exit(0),
      (error: unknown) => {
        onProblem(error);
        source.exit(1);
      },
    );
  };
  const onTerm = (): void => onSignal('SIGTERM');
  const onInterrupt = (): void => onSignal('SIGINT');
  source.on('SIGTERM', onTerm);
  source.on('SIGINT', onInterrupt);
  return () => {
    source.off('SIGTERM', onTerm);
    source.off('SIGINT', onInterrupt);
  };
};
