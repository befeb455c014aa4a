import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The measured process has one core for itself; all others are on the other. */
export const CANDIDATE_CORE = 0;
export const LOAD_CORE = 1;

export type PinnedProcess = {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Whether it has ended by itself. */
  hasEnded(): boolean;
  /** The end of what it wrote. */
  lastWords(): string;
  stop(): Promise<void>;
};

type Options = {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly core: number;
  /** Takes what it writes: a log costs what it costs in production. */
  readonly logFile: string;
  readonly directory: string;
};

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts Node on one core, for production; it is killed when this process ends. */
export const startPinned = ({ args, env = {}, core, logFile, directory }: Options): PinnedProcess => {
  const log = openSync(logFile, 'w');
  const child = spawn('taskset', ['-c', String(core), process.execPath, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error('taskset cannot be run; it is part of util-linux.');
  alive.add(child);
  const ended = once(child, 'exit');
  return {
    pid,
    child,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    lastWords: () => readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n'),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      alive.delete(child);
    },
  };
};

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
};
