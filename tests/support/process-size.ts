import { existsSync, readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process holds: threads and open files where the system tells them, and the heap after a full collection. */
export type ProcessSize = {
  readonly threads: number;
  readonly files: number;
  readonly heapBytes: number;
};

export const processSize = async (): Promise<ProcessSize> => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Finalizers run between two collections, and let more go.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise(setImmediate);
  }
  return {
    threads: countIn('/proc/self/task'),
    files: countIn('/proc/self/fd'),
    heapBytes: process.memoryUsage().heapUsed,
  };
};

const countIn = (folder: string): number => (existsSync(folder) ? readdirSync(folder).length : 0);
