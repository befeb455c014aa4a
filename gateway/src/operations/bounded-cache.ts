export type CacheBounds = { readonly entriesMax: number; readonly bytesMax: number };

export type BoundedCache<Value> = {
  /** The value. From half of the bounds on, it is now the most recently used one: before that, nothing has to go. */
  get(key: string): Value | undefined;
  /**
   * Keeps the value, and lets the least recently used ones go until all bounds hold. A value that is too large by itself
   * is not kept, and what was there under its key is gone.
   *
   * @param bytes what key and value weigh together, as the caller reckons.
   */
  set(key: string, value: Value, bytes: number): void;
  readonly size: number;
  readonly bytes: number;
};

/** A cache in memory that stays within a number of entries and of bytes; the least recently used go first. */
export const boundedCache = <Value>({ entriesMax, bytesMax }: CacheBounds): BoundedCache<Value> => {
  // A Map keeps the order in which keys came: the first is the one that was not used for longest.
  const entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  let total = 0;
  const remove = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (2 * entries.size > entriesMax || 2 * total > bytesMax) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return entry.value;
    },
    set: (key, value, bytes) => {
      remove(key);
      if (bytes > bytesMax || entriesMax < 1) return;
      entries.set(key, { value, bytes });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= entriesMax && total <= bytesMax) break;
        remove(oldest);
      }
    },
    get size() {
      return entries.size;
    },
    get bytes() {
      return total;
    },
  };
};
