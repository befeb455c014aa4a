const INTERVAL_MS = 500;

/**
 * Calls `onOrphaned` once when the process that started this one is gone, however it ended: a local system must not
 * outlive the terminal or the npm that it was started from.
 */
export const watchParent = (onOrphaned: () => void): void => {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, INTERVAL_MS);
  timer.unref();
};
