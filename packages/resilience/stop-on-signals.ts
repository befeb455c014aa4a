import { withDeadline } from './deadline.ts';

/** The part of `process` that is needed to stop on a signal. */
export type SignalSource = {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): unknown;
};

type Options = {
  /** How long stopping may take altogether; then the process ends anyway. */
  readonly timeoutMs: number;
  /** Told of everything that would not stop, before the process ends with code 1. */
  readonly onProblem?: (error: unknown) => void;
};

/**
 * Stops on SIGTERM or SIGINT and then ends the process: code 0 when everything closed, 1 when something would not or
 * time ran out. A second signal ends it at once with code 130.
 *
 * @returns a function that takes the listeners off again.
 */
export const stopOnSignals = (
  stop: () => Promise<unknown>,
  source: SignalSource,
  { timeoutMs, onProblem = () => undefined }: Options,
): (() => void) => {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) {
      source.exit(130);
      return;
    }
    isStopping = true;
    withDeadline({ timeoutMs }, async () => stop()).then(
      () => source.exit(0),
      (error: unknown) => {
        onProblem(error);
        source.exit(1);
      },
    );
  };
  source.on('SIGTERM', onSignal);
  source.on('SIGINT', onSignal);
  return () => {
    source.off('SIGTERM', onSignal);
    source.off('SIGINT', onSignal);
  };
};
