import { Worker } from 'node:worker_threads';
import type { PlannerAnswer, PlannerQuestion } from './planner-messages.ts';
import { whenSpent } from './thread-time.ts';

/** Why a thread gave no answer. `died` includes that it needed more memory than it may have. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
  readonly reason: 'timeout' | 'died' | 'stopped';

  constructor(reason: ThreadEnded['reason'], cause?: unknown) {
    super(`The thread ended without an answer (${reason}).`, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/**
 * One thread that answers one question at a time. It holds the process open only while it is asked something, reads
 * no environment. Out of memory, it mostly ends alone; see `PlannerLimits.memoryMbMax`.
 */
export type WorkerThread = {
  /**
   * @param timeoutMs wall-clock time from the call; or, when `systemThread` is known, computing time of that thread, and
   *   wall-clock time four times as long.
   * @throws {ThreadEnded} and the thread is gone for good.
   */
  ask(question: PlannerQuestion, timeoutMs: number, systemThread?: number): Promise<PlannerAnswer>;
  readonly hasEnded: boolean;
  /** Resolves when the thread is gone; whoever waits for an answer gets `stopped`. */
  end(): Promise<void>;
};

// The same place seen from this file and from what it is compiled to: a thread cannot run TypeScript, also not in tests.
const entry = new URL('../../dist/supergraph/planner-worker.js', import.meta.url);

export const startWorkerThread = (memoryMbMax: number): WorkerThread => {
  const worker = new Worker(entry, {
    env: { NODE_ENV: 'production' },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMbMax },
  });
  worker.unref();
  let hasEnded = false;
  let settle: ((outcome: PlannerAnswer | ThreadEnded) => void) | undefined;
  const close = (ended: ThreadEnded): void => {
    hasEnded = true;
    settle?.(ended);
  };
  worker.on('message', (answer: PlannerAnswer) => settle?.(answer));
  worker.on('error', (error) => close(new ThreadEnded('died', error)));
  worker.on('exit', () => close(new ThreadEnded('died')));
  const end = async (reason: ThreadEnded['reason']): Promise<void> => {
    close(new ThreadEnded(reason));
    await worker.terminate();
  };
  return {
    ask: async (question, timeoutMs, systemThread) => {
      if (hasEnded) throw new ThreadEnded('died');
      if (settle !== undefined) throw new Error('A thread is asked one question at a time.');
      worker.ref();
      const stopTimer = whenSpent(timeoutMs, systemThread, () => void end('timeout'));
      const outcome = await new Promise<PlannerAnswer | ThreadEnded>((resolve) => {
        settle = resolve;
        worker.postMessage(question, []);
      });
      settle = undefined;
      stopTimer();
      worker.unref();
      if (outcome instanceof ThreadEnded) throw outcome;
      return outcome;
    },
    get hasEnded() {
      return hasEnded;
    },
    end: async () => end('stopped'),
  };
};
