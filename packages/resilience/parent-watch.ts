const INTERVAL_MS = 500;

/**
 * Calls `onOrphaned` once when the process that started this one is gone, however it ended: what runs in a terminal must
 * not outlive it, or the npm that it was started by. Looks twice a second, and does not keep the process alive.
 *
 * @param parentOf the process of which to look after the parent; for tests.
 */
export const watchParent = (onOrphaned: () => void, parentOf: () => number = () => process.ppid): void => {
  const parent = parentOf();
  const timer = setInterval(() => {
    if (parentOf() === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, INTERVAL_MS);
  timer.unref();
};
