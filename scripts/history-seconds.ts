import { takeOption, wholeNumber } from './take-option.ts';

/** Of a run of all suites, where every minute is waited for. */
const BRIEF = 25;
/** Of `npm run test:resilience`. */
const LONG = 180;

/**
 * For how many seconds the history test kills servers and processes: `--seconds N` among the words, else what the
 * environment says, else 180 when the resilience suites are asked for by name, and 25 otherwise.
 *
 * @returns the seconds, and the words without the option.
 * @throws {RangeError} when N is not a whole number of at least 1.
 */
export const historySeconds = (
  words: readonly string[],
  fromEnvironment?: string,
): { readonly seconds: number; readonly words: readonly string[] } => {
  const taken = takeOption('--seconds', words);
  if (taken.value !== undefined) return { seconds: taken.value, words: taken.words };
  const byDefault = words[0] === 'resilience' ? LONG : BRIEF;
  return {
    seconds: fromEnvironment === undefined ? byDefault : wholeNumber('--seconds', fromEnvironment),
    words,
  };
};
