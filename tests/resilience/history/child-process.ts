import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProcessReport, ProcessSettings } from './process-settings.ts';

const RESTART_MS = 100;

type Options = {
  readonly program: 'relay-process' | 'consumer-process';
  readonly settings: ProcessSettings;
  readonly logFile: string;
  readonly onReport: (said: ProcessReport) => void;
};

/** A process of ours that is started again whenever it has ended, as a process manager would. */
export class ImmortalProcess {
  readonly #options: Options;
  #child: ChildProcess | undefined;
  #running: Promise<void> | undefined;
  #isStopping = false;
  #isReady = false;
  #ownEnds = 0;
  #kills = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** How often it has ended without being killed. */
  get ownEnds(): number {
    return this.#ownEnds;
  }

  /** Whether it has begun its work. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when it works for the first time. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#keepRunning(resolve);
    });
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (signal === 'SIGKILL') {
      this.#kills += 1;
      this.#isReady = false;
    }
    this.#child?.kill(signal);
  }

  /** Ends it for good. It has nothing to put away: everything it does must survive this. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.signal('SIGKILL');
    await this.#running;
  }

  async #keepRunning(onReady: () => void): Promise<void> {
    while (!this.#isStopping) {
      const killsBefore = this.#kills;
      const child = this.#spawn();
      this.#child = child;
      child.on('message', (said: ProcessReport) => {
        if (said.type === 'ready') {
          this.#isReady = true;
          onReady();
        }
        this.#options.onReport(said);
      });
      await once(child, 'exit');
      this.#isReady = false;
      if (this.#kills === killsBefore) this.#ownEnds += 1;
      await pause(RESTART_MS);
    }
  }

  #spawn(): ChildProcess {
    const { program, settings, logFile } = this.#options;
    const log = openSync(logFile, 'a');
    try {
      return fork(
        fileURLToPath(new URL(`../../dist/resilience/history/${program}.js`, import.meta.url)),
        [],
        {
          env: { PATH: process.env['PATH'], HISTORY_PROCESS: JSON.stringify(settings) },
          execArgv: [],
          stdio: ['ignore', log, log, 'ipc'],
        },
      );
    } finally {
      closeSync(log);
    }
  }
}
