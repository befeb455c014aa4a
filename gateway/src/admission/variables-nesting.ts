import { admissionErrors } from './admission.errors.ts';

/**
 * Refuses variables that nest lists and objects more deeply than `max`: coercing them recurses. Looks at each value once
 * and never deeper than `max + 1`.
 *
 * @param variables as parsed from JSON; anything that is no object passes, for others to refuse.
 * @throws {AppError} `VARIABLES_NESTING_EXCEEDED`.
 */
export const holdVariablesNesting = (variables: unknown, max: number): void => {
  if (isDeeperThan(variables, max))
    throw admissionErrors.VARIABLES_NESTING_EXCEEDED({ limit: 'nesting', max, actual: max + 1 });
};

const isDeeperThan = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const each of Object.values(value)) if (isDeeperThan(each, depth - 1)) return true;
  return false;
};
