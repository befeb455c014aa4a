/** A text that ends by itself. */
export type CacheEntry = { readonly key: string; readonly value: string; readonly ttlMs: number };

/**
 * Texts that several processes share. Whatever is wrong with the cache, nobody is worse off than without it: nothing here
 * rejects or takes long, and everything in it may be gone at any time.
 */
export type SharedCache = {
  /** One for each key, in their order; undefined where nothing is known, it has ended, or the cache cannot be asked. */
  read(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** A later write of a key replaces an earlier one. What cannot be written is lost. */
  write(entries: readonly CacheEntry[]): Promise<void>;
  close(): Promise<void>;
};
