import { setTimeout as wait } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** Resolves once `isSo` says yes; what is waited for happens in its own time. */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const endsMs = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > endsMs) throw new Error(`This did not come true in time: ${isSo.toString()}`);
    await wait(5);
  }
};
