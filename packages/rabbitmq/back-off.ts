/** How long and how often something is tried again. */
export type Retries = {
  /** Tries in a row before something else is done; an integer from 1. */
  readonly attempts: number;
  /** Milliseconds before the second try; each later wait is twice as long. */
  readonly baseMs: number;
  /** No wait is longer than this, in milliseconds. */
  readonly maxMs: number;
};

/**
 * Milliseconds to wait after the given failed attempt: doubled each time, and at least half of that, the rest by chance,
 * so that those who failed together do not come back together.
 *
 * @param attempt from 1.
 * @param chance from 0 to 1.
 */
export const backOffMs = (
  { baseMs, maxMs }: Pick<Retries, 'baseMs' | 'maxMs'>,
  attempt: number,
  chance: number,
): number => {
  const fullMs = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return fullMs / 2 + (fullMs / 2) * chance;
};
