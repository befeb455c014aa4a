export type RetryBudgetLimits = {
  /** What it begins with, and never has more than. */
  readonly tokensMax: number;
  /** What each success adds; 0.1 lets a tenth more work be done, in the long run, than was asked for. */
  readonly perSuccess: number;
};

/**
 * Bounds how much repeating adds to the work that was asked for: of n calls, at most `tokensMax + n * perSuccess` are
 * repeated, however they fail. Those that have failed for long find it empty, so a failing subgraph sees no more load than a
 * healthy one.
 */
export type RetryBudget = {
  /** To be called once for each call that succeeded. */
  earn(): void;
  /** Takes a token for one repeat; false when there is none. */
  take(): boolean;
};

/** Tokens are counted in whole thousandths: sums of 0.1 are never quite what they should be. */
const UNIT = 1_000;

export const retryBudget = ({ tokensMax, perSuccess }: RetryBudgetLimits): RetryBudget => {
  const full = Math.round(tokensMax * UNIT);
  const earned = Math.round(perSuccess * UNIT);
  let left = full;
  return {
    earn: () => {
      left = Math.min(full, left + earned);
    },
    take: () => {
      if (left < UNIT) return false;
      left -= UNIT;
      return true;
    },
  };
};
