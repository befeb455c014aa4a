import { readFileSync } from 'node:fs';

export type ProcessUsage = {
  /** Milliseconds of all threads since the process began, in the system's steps of 10. */
  readonly cpuMs: number;
  readonly residentBytes: number;
};

/** Linux counts a process's time in these, whatever the kernel's own clock is. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** What a process of this machine has used so far. Linux only. @throws {Error} `ENOENT` when it has ended. */
export const processUsage = (pid: number): ProcessUsage => usageOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** Reads the line of `/proc/<pid>/stat`; the name in brackets may hold anything. */
export const usageOf = (stat: string): ProcessUsage => {
  // Field 3 is the first behind the name; 14 and 15 are the time in user and system mode, 24 the resident pages.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    cpuMs: ((field(14) + field(15)) * 1_000) / TICKS_PER_SECOND,
    residentBytes: field(24) * PAGE_BYTES,
  };
};
