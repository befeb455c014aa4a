import type { CacheEntry, SharedCache } from './shared-cache.port.ts';

export type WriteBehindLimits = {
  /** How long something waits to be written together with others. */
  readonly everyMs: number;
  /** What waits at most; while that many do, more is not taken. */
  readonly waitingMax: number;
};

/** Makes an entry when it is written, so that whoever hands it over does not wait for that; nothing, when it is not to be. */
export type MakeEntries = () => readonly CacheEntry[];

export type WriteBehind = {
  /** @returns false when there was no room. */
  add(make: MakeEntries): boolean;
  /** Writes what waits. */
  flush(): Promise<void>;
};

/** Writes to a cache in batches, one at a time, behind those who want it written. A slow cache costs entries, never memory. */
export const writeBehind = (
  cache: Pick<SharedCache, 'write'>,
  { everyMs, waitingMax }: WriteBehindLimits,
): WriteBehind => {
  let waiting: MakeEntries[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();

  const write = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const entries = batch.flatMap((make) => make());
    if (entries.length > 0) await cache.write(entries);
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    last = last.then(write);
    await last;
  };
  return {
    add: (make) => {
      if (waiting.length >= waitingMax) return false;
      waiting.push(make);
      timer ??= setTimeout(() => void flush(), everyMs).unref();
      return true;
    },
    flush,
  };
};
