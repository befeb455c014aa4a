import { readdir, readFile, readlink, realpath } from 'node:fs/promises';

/** Whether a process of this id exists, whoever owns it. A process that has ended but was not yet reaped still counts. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * A text that differs between two processes which had the same id one after the other: the kernel's start time.
 * Empty where there is no /proc; then only the id can be compared.
 */
export const birthOf = async (pid: number): Promise<string> => {
  // The second field is the command in brackets and may hold anything: count from the last bracket. Start time is field 22.
  const fields = afterCommand(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
  return fields[19] ?? '';
};

/**
 * The processes whose working directory is `directory`: for a data directory, the postmaster and all of its backends.
 * Undefined where there is no /proc to ask. Processes of other accounts are seen by root only.
 */
export const processesIn = async (directory: string): Promise<readonly number[] | undefined> => {
  const target = await realpath(directory).catch(() => directory);
  const pids = await allPids();
  if (pids === undefined) return undefined;
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => places[index] === target);
};

/** The direct children of a process; none where there is no /proc to ask. */
export const childrenOf = async (parent: number): Promise<readonly number[]> => {
  const pids = (await allPids()) ?? [];
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => afterCommand(stats[index] ?? '')[1] === String(parent));
};

const afterCommand = (stat: string): readonly string[] =>
  stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ');

const allPids = async (): Promise<readonly number[] | undefined> => {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.length > 0 ? pids : undefined;
};
