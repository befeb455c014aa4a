import DataLoader from 'dataloader';

const BATCH_SIZE_MAX = 100;

/** Asks once per tick for everything that was asked for meanwhile, and never twice for the same. One per request. */
export type Loader<Key, Value> = {
  load(key: Key): Promise<Value | null>;
  loadMany(keys: readonly Key[]): Promise<readonly (Value | null)[]>;
  /** Forgets what it knows of `key`, after a write. */
  clear(key: Key): void;
};

/** Either a map from keys, or a list in the order asked. */
type Batch<Key, Value> = (
  keys: readonly Key[],
) => Promise<ReadonlyMap<unknown, Value> | readonly (Value | null | undefined)[]>;

type Options<Key> = {
  /** The text or number by which keys that are objects are told apart; a map answered by `batch` is keyed by it too. */
  readonly keyOf?: (key: Key) => unknown;
  readonly batchSizeMax?: number;
};

/**
 * A loader for this request. Batches hold at most {@link BATCH_SIZE_MAX} different keys; what is absent is null.
 *
 * @param batch answers with a map by key, or with a list in the order asked, as long as the keys.
 */
export const loader = <Key, Value>(
  batch: Batch<Key, Value>,
  { keyOf = (key) => key, batchSizeMax = BATCH_SIZE_MAX }: Options<Key> = {},
): Loader<Key, Value> => {
  const dataLoader = new DataLoader<Key, Value | null, unknown>(
    async (keys) => {
      const answer = await batch(keys);
      if (isMap(answer)) return keys.map((key) => answer.get(keyOf(key)) ?? null);
      if (answer.length !== keys.length) throw new Error(`Asked for ${keys.length}, got ${answer.length}.`);
      return answer.map((value) => value ?? null);
    },
    { maxBatchSize: batchSizeMax, cacheKeyFn: keyOf },
  );
  return {
    load: (key) => dataLoader.load(key),
    loadMany: (keys) => Promise.all(keys.map((key) => dataLoader.load(key))),
    clear: (key) => void dataLoader.clear(key),
  };
};

const isMap = <Value>(
  answer: ReadonlyMap<unknown, Value> | readonly (Value | null | undefined)[],
): answer is ReadonlyMap<unknown, Value> => answer instanceof Map;
