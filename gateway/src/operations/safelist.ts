import { boundedCache } from './bounded-cache.ts';
import type { PersistedOperation } from './manifest.ts';
import { meaningKey } from './meaning-key.ts';
import { queryHash } from './query-hash.ts';

/**
 * What the list of persisted operations means for other operations:
 *
 * - `off`: nothing; those in the list can be asked for by id.
 * - `log`: they are reported, and run.
 * - `known`: they are refused. An operation may come by id or as text.
 * - `ids`: text is refused altogether.
 */
export type SafelistMode = 'off' | 'log' | 'known' | 'ids';

export type Safelist = {
  readonly mode: SafelistMode;
  /** All of them, each text once: what to plan before it is asked for. */
  readonly bodies: readonly string[];
  /** By the id that the list gives it, or by the hash of its exact text. */
  byId(id: string): string | undefined;
  /**
   * The operation of the list that is the same text but for white space, commas and comments; undefined for none, also
   * when the text is not GraphQL.
   */
  sameAs(source: string): string | undefined;
};

/** Texts that were looked up are remembered: reading their tokens costs about half of parsing. */
const LOOKED_UP = { entriesMax: 2_000, bytesMax: 8 * 1_024 * 1_024 };

/** The operations of all lists together, each from `parseManifest`. Of two with one id, which lists of different clients may hold, the first counts. */
export const safelist = (operations: readonly PersistedOperation[], mode: SafelistMode): Safelist => {
  const byId = new Map<string, string>();
  const byMeaning = new Map<string, string>();
  let longest = 0;
  for (const { id, body } of operations) {
    if (!byId.has(id)) byId.set(id, body);
    const key = meaningKey(body, Number.POSITIVE_INFINITY);
    if (key === undefined || byMeaning.has(key)) continue;
    byMeaning.set(key, body);
    longest = Math.max(longest, key.length);
  }
  // Ids go first: a hash is only another name.
  for (const { body } of operations) {
    const hash = queryHash(body);
    if (!byId.has(hash)) byId.set(hash, body);
  }
  const lookedUp = boundedCache<string | false>(LOOKED_UP);
  return {
    mode,
    bodies: [...byMeaning.values()],
    byId: (id) => byId.get(id),
    sameAs: (source) => {
      const known = lookedUp.get(source);
      if (known !== undefined) return known === false ? undefined : known;
      const body = byMeaning.get(meaningKey(source, longest) ?? '');
      lookedUp.set(source, body ?? false, 2 * source.length);
      return body;
    },
  };
};
