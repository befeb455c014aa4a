import type { Settlement } from './settlement.process.ts';

type Options = {
  readonly settlement: Pick<Settlement, 'reconcile'>;
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
};

/** Settles what dead processes have left behind: now, and then every `intervalMs`, one run at a time. */
export const startReconciling = ({ settlement, intervalMs, onError }: Options) => {
  let running: Promise<unknown> | undefined;
  const run = (): void => {
    running ??= settlement
      .reconcile()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, intervalMs);
  timer.unref();
  return {
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await running;
    },
  };
};
