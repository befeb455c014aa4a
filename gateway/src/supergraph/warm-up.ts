import type { Generation } from './generation.ts';
import type { UsedOperation } from './operation-cache.ts';

export type WarmUpLimits = {
  /** Operations planned ahead, the most used ones. */
  readonly operationsMax: number;
  readonly timeMsMax: number;
};

type Options = Partial<WarmUpLimits> & {
  /** Operations that will be asked for whether or not they have been, after the most used ones. */
  readonly known: readonly UsedOperation[];
  /** Asked before each operation: something newer waits. */
  readonly isInHaste: () => boolean;
};

/**
 * Plans the most used operations of the running generation for its successor, most used first, so that the swap does not make
 * clients wait. What cannot be planned is left out: it may be gone from the schema, and fails when it is asked for.
 *
 * @returns how many were planned. Never longer than `timeMsMax` and one plan.
 */
export const warmUp = async <Facts, Operation>(
  running: Generation<Facts, Operation> | undefined,
  candidate: Generation<Facts, Operation>,
  { operationsMax = 200, timeMsMax = 5_000, known, isInHaste }: Options,
): Promise<number> => {
  const endsMs = performance.now() + timeMsMax;
  let warmed = 0;
  const wanted = [...(running?.mostUsed(operationsMax) ?? []), ...known].slice(0, operationsMax);
  for (const used of wanted) {
    if (isInHaste() || performance.now() > endsMs) break;
    if (candidate.remembered(used.key, used.conditionValues ?? {}) !== undefined) continue;
    const [outcome] = await Promise.allSettled([candidate.warm(used)]);
    if (outcome.status === 'fulfilled') warmed += 1;
  }
  return warmed;
};
