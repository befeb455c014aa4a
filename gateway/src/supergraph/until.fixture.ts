import { setTimeout as wait } from 'node:timers/promises';

const DEADLINE_MS = 20_000;

/** Resolves once `isSo` says yes; what is waited for happens outside this process or in its own time. For tests. */
export const until = async (isSo: () => boolean): Promise<void> => {
  const endsMs = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    if (performance.now() > endsMs) throw new Error(`This did not come true in time: ${isSo.toString()}`);
    await wait(2);
  }
};
