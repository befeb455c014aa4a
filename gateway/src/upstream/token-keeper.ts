import { mergeConsistencyTokens, type ConsistencyTokens } from '@saas/kernel';

/** What one request must be able to see: it grows with each subgraph that answers a write. */
export type TokenKeeper = {
  all(): ConsistencyTokens;
  add(more: ConsistencyTokens): void;
};

export const tokenKeeper = (initial: ConsistencyTokens = new Map()): TokenKeeper => {
  let tokens = initial;
  return {
    all: () => tokens,
    add: (more) => {
      if (more.size > 0) tokens = mergeConsistencyTokens(tokens, more);
    },
  };
};
