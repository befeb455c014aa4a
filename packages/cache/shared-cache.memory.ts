import { systemClock, type Clock } from '@saas/kernel';
import type { SharedCache } from './shared-cache.port.ts';

type Options = {
  readonly clock?: Clock;
  /** The oldest go first. */
  readonly entriesMax?: number;
};

const ENTRIES_MAX = 10_000;

/** The cache of processes that are one process. */
export const memorySharedCache = ({
  clock = systemClock,
  entriesMax = ENTRIES_MAX,
}: Options = {}): SharedCache => {
  const entries = new Map<string, { readonly value: string; readonly endsAtMs: number }>();
  const nowMs = (): number => clock.now().getTime();
  return {
    read: async (keys) =>
      keys.map((key) => {
        const entry = entries.get(key);
        return entry !== undefined && entry.endsAtMs > nowMs() ? entry.value : undefined;
      }),
    write: async (more) => {
      for (const { key, value, ttlMs } of more) {
        // Deleted first: a Map keeps insertion order, so that the first is the oldest.
        entries.delete(key);
        entries.set(key, { value, endsAtMs: nowMs() + ttlMs });
        const [oldest] = entries.keys();
        if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
      }
    },
    close: async () => entries.clear(),
  };
};
