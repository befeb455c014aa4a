import { mergeConsistencyTokens, type ConsistencyTokens } from '@saas/kernel';

/** What one request must be able to see: it grows with each subgraph that answers a write. */
export type TokenKeeper = {
  all(): ConsistencyTokens;
  add(more: ConsistencyTokens): void;
};

export const tokenKeeper = (): TokenKeeper => new Keeper();

const none: ConsistencyTokens = new Map();

class Keeper implements TokenKeeper {
  #tokens = none;

  all(): ConsistencyTokens {
    return this.#tokens;
  }

  add(more: ConsistencyTokens): void {
    if (more.size > 0) this.#tokens = mergeConsistencyTokens(this.#tokens, more);
  }
}
