import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a postmaster says about itself in its data directory. A crashed one leaves its last words behind. */
export type PostmasterPid = {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'ready';
};

/** Reads `postmaster.pid`; undefined when there is none, or it is being written. */
export const readPostmasterPid = async (directory: string): Promise<PostmasterPid | undefined> =>
  parsePostmasterPid(await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => ''));

/** @see PostgreSQL, src/include/utils/pidfile.h: line 1 is the process id, line 4 the port, line 8 the status. */
export const parsePostmasterPid = (text: string): PostmasterPid | undefined => {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!(pid > 0)) return undefined;
  const isReady = lines[7] === 'ready' || lines[7] === 'standby';
  return { pid, port: Number(lines[3]), status: isReady ? 'ready' : 'starting' };
};
