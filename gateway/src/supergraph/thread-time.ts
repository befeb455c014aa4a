import { readFileSync, readlinkSync } from 'node:fs';

/**
 * The number that the system knows this thread by; undefined where it does not tell (it does on Linux). Asked from
 * within the thread.
 */
export const ownThread = (): number | undefined => {
  const place = readOr(() => readlinkSync('/proc/thread-self'));
  const thread = Number(place?.split('/').at(-1));
  return Number.isInteger(thread) ? thread : undefined;
};

/**
 * How long a thread of this process has been computing so far, in milliseconds; time in which it waited for a processor does
 * not count. Undefined when the thread is gone, or the system does not tell.
 *
 * @see https://docs.kernel.org/scheduler/sched-stats.html, "/proc/<pid>/schedstat": the first number, in nanoseconds.
 */
export const threadTimeMs = (thread: number | undefined): number | undefined => {
  if (thread === undefined) return undefined;
  const text = readOr(() => readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8'));
  const nanoseconds = Number(text?.split(' ')[0]);
  return text === undefined || !Number.isFinite(nanoseconds) ? undefined : nanoseconds / 1e6;
};

/**
 * Calls back once when a thread has computed for `timeoutMs`, or four times as long has gone by; where the system does not tell,
 * when `timeoutMs` have gone by.
 *
 * @returns how to stop it.
 */
export const whenSpent = (
  timeoutMs: number,
  thread: number | undefined,
  callBack: () => void,
): (() => void) => {
  const beganMs = performance.now();
  const beganThreadMs = threadTimeMs(thread);
  const leftMs = (): number => {
    const nowThreadMs = threadTimeMs(thread);
    if (beganThreadMs === undefined || nowThreadMs === undefined) return 0;
    const leftAtAllMs = timeoutMs * BUSY_FACTOR - (performance.now() - beganMs);
    return Math.min(timeoutMs - (nowThreadMs - beganThreadMs), leftAtAllMs);
  };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (isStopped) return;
    const ms = leftMs();
    if (ms > 0) arm(Math.max(ms, LOOK_AGAIN_MS));
    else callBack();
  };
  const arm = (ms: number): void => {
    // After a stall of our own, an answer that has long been there gets in first.
    timer = setTimeout(() => setImmediate(look), ms);
  };
  arm(timeoutMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
};

const BUSY_FACTOR = 4;
const LOOK_AGAIN_MS = 10;

const readOr = (read: () => string): string | undefined => {
  try {
    return read();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error) return undefined;
    throw error;
  }
};
