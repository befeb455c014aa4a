import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Account } from './account.ts';
import { systemPath } from './account.ts';
import { localStackErrors } from './local-stack.errors.ts';

/** How a process ended: 128 plus the signal's number when a signal ended it. */
export type ExitCode = number;

/** What to run, and how to end it kindly. */
export type SupervisedCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly logFile: string;
  /** The signal that asks for an orderly end, and the one for when that takes longer than 5 seconds. */
  readonly stopSignal: 'INT' | 'TERM';
  readonly forceSignal: 'QUIT' | 'KILL';
  readonly environment?: Readonly<Record<string, string>>;
  /** Undefined: as ourselves. */
  readonly account?: Account | undefined;
};

/**
 * Runs the command `"$@"` and ends it when this side of the pipe on descriptor 3 closes, which the kernel does even
 * when the parent is killed by `kill -9`. Says the command's process id on descriptor 4. The session is its own, so
 * that Ctrl-C in a terminal reaches the parent alone, and the parent decides the order of stopping.
 */
export const supervisorScript = (stopSignal: string, forceSignal: string): string =>
  [
    `"$@" </dev/null 3<&- 4>&- & p=$!`,
    `echo $p >&4; exec 4>&-`,
    `trap 'kill -${stopSignal} $p 2>/dev/null' INT TERM HUP`,
    `( while read -r _; do :; done`,
    `  kill -CONT $p 2>/dev/null; kill -${stopSignal} $p 2>/dev/null; n=0`,
    `  while kill -0 $p 2>/dev/null; do`,
    `    n=$((n+1)); [ $n -eq 50 ] && kill -${forceSignal} $p; [ $n -eq 100 ] && kill -KILL $p; sleep 0.1`,
    `  done ) <&3 3<&- & w=$!`,
    `exec 3<&-`,
    // A trapped signal interrupts wait: wait again until the command has really ended.
    `wait $p; r=$?; while kill -0 $p 2>/dev/null; do wait $p; r=$?; done`,
    `kill $w 2>/dev/null; exit $r`,
  ].join('\n');

/** A child that never outlives us. Made by `superviseProcess`. */
export class SupervisedProcess {
  /** The id of the command itself, not of its supervisor. */
  readonly pid: number;
  /** Resolves, and never rejects, when the command has ended and was reaped. */
  readonly exited: Promise<ExitCode>;
  readonly #stopSignal: NodeJS.Signals;
  readonly #forceSignal: NodeJS.Signals;
  #exitCode: ExitCode | undefined;

  constructor(supervisor: ChildProcess, pid: number, command: SupervisedCommand) {
    this.pid = pid;
    this.#stopSignal = `SIG${command.stopSignal}`;
    this.#forceSignal = `SIG${command.forceSignal}`;
    this.exited = exitOf(supervisor).then((code) => (this.#exitCode = code));
  }

  get running(): boolean {
    return this.#exitCode === undefined;
  }

  /** Sends a signal to the command; does nothing once it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (!this.running) return;
    try {
      process.kill(this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Ends the command: kindly, after 5 seconds by force, after 10 by SIGKILL. May be called again at any time. */
  async stop(): Promise<void> {
    this.signal('SIGCONT');
    this.signal(this.#stopSignal);
    const force = setTimeout(() => this.signal(this.#forceSignal), 5_000);
    const kill = setTimeout(() => this.signal('SIGKILL'), 10_000);
    await this.exited;
    clearTimeout(force);
    clearTimeout(kill);
  }
}

/**
 * Starts a command that ends when we end, in whatever way we end. Its output is appended to `logFile`.
 *
 * @throws {Error} the system's own, when the account may not be assumed or there is no /bin/sh.
 */
export const superviseProcess = async (command: SupervisedCommand): Promise<SupervisedProcess> => {
  const log = openSync(command.logFile, 'a', 0o600);
  try {
    const supervisor = spawn(
      '/bin/sh',
      [
        '-c',
        supervisorScript(command.stopSignal, command.forceSignal),
        'supervise',
        command.command,
        ...command.args,
      ],
      {
        stdio: ['ignore', log, log, 'pipe', 'pipe'],
        cwd: command.directory,
        env: { PATH: systemPath, LC_ALL: 'C', TZ: 'UTC', ...command.environment },
        detached: true,
        ...command.account,
      },
    );
    const pid = await announcedPid(supervisor);
    return new SupervisedProcess(supervisor, pid, command);
  } finally {
    closeSync(log);
  }
};

const exitOf = async (supervisor: ChildProcess): Promise<ExitCode> => {
  if (supervisor.exitCode !== null) return supervisor.exitCode;
  if (supervisor.signalCode !== null) return 137;
  const [code] = (await once(supervisor, 'exit')) as [number | null];
  return code ?? 137;
};

const announcedPid = async (supervisor: ChildProcess): Promise<number> => {
  const lifeline = supervisor.stdio[3];
  // The supervisor's end may close first; the error of writing to it is of no interest.
  lifeline?.on('error', () => undefined);
  const announcement = supervisor.stdio[4] as Readable;
  announcement.setEncoding('utf8');
  let text = '';
  const [failed] = await Promise.race([
    once(supervisor, 'error') as Promise<[Error]>,
    (async () => {
      for await (const chunk of announcement) text += String(chunk);
      return [undefined] as const;
    })(),
  ]);
  if (failed !== undefined) throw failed;
  const pid = Number(text);
  // Signals to process 0 would reach our own group.
  if (!(pid > 0)) throw localStackErrors.SERVER_START_FAILED({ command: supervisor.spawnargs[4] ?? '' });
  return pid;
};
