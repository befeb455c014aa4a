import { boundedCache, type CacheBounds } from './bounded-cache.ts';

/**
 * Remembers queries by their hash. It may forget any of them at any time; clients then send the query again.
 *
 * Nothing is stored but queries that hash to their key: two gateways may share one store.
 */
export type QueryStore = {
  get(hash: string): Promise<string | undefined>;
  set(hash: string, query: string): Promise<void>;
};

export const defaultQueryStoreBounds: CacheBounds = { entriesMax: 10_000, bytesMax: 32 * 1_024 * 1_024 };

/** A store for this process alone, which forgets the least recently used queries first. */
export const memoryQueryStore = (bounds: CacheBounds = defaultQueryStoreBounds): QueryStore => {
  const queries = boundedCache<string>(bounds);
  return {
    get: async (hash) => queries.get(hash),
    // Two bytes for each character, at most.
    set: async (hash, query) => queries.set(hash, query, 2 * (hash.length + query.length)),
  };
};
