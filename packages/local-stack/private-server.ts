import { readFile } from 'node:fs/promises';
import { localStackErrors } from './local-stack.errors.ts';
import type { SupervisedCommand } from './supervised-process.ts';
import { superviseProcess } from './supervised-process.ts';
import { waitUntil } from './wait-until.ts';

/** A server of ours alone. */
export type PrivateServer = {
  /** Of the server itself. Changes with `restart`. */
  readonly pid: number;
  /** Makes the server fail, `SIGKILL` unless told otherwise. Resolves when it has ended, if the signal ends it. */
  kill(signal?: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again on the same port, after stopping it when it runs. Resolves when it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts a server that ends when we end, and resolves when `answers` does with true.
 *
 * @throws {AppError} `SERVER_START_FAILED` with the end of its log when it ends, or has not answered after a minute.
 */
export const startPrivateServer = async (
  command: SupervisedCommand,
  answers: () => Promise<boolean>,
): Promise<PrivateServer> => {
  const launch = async () => {
    const started = await superviseProcess(command);
    const isReady = async () => {
      if (!started.running) throw localStackErrors.SERVER_START_FAILED({ log: await endOf(command.logFile) });
      return answers();
    };
    await waitUntil('the server to answer', isReady, { timeoutMs: 60_000, intervalMs: 15 }).catch(
      async (cause: unknown) => {
        await started.stop();
        throw localStackErrors.SERVER_START_FAILED({ log: await endOf(command.logFile) }, cause);
      },
    );
    return started;
  };
  let current = await launch();
  return {
    get pid() {
      return current.pid;
    },
    kill: async (signal = 'SIGKILL') => {
      current.signal(signal);
      if (signal === 'SIGKILL') await current.exited;
    },
    restart: async () => {
      await current.stop();
      current = await launch();
    },
    stop: async () => current.stop(),
  };
};

const endOf = async (logFile: string): Promise<string> =>
  (await readFile(logFile, 'utf8').catch(() => '')).slice(-2_000);
