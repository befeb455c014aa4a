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
  const index = words.findIndex((word) => /^--seconds(=|$)/.test(word));
  if (index === -1) {
    const byDefault = words[0] === 'resilience' ? LONG : BRIEF;
    return { seconds: fromEnvironment === undefined ? byDefault : wholeSeconds(fromEnvironment), words };
  }
  const [, inline] = words[index]?.split('=') ?? [];
  const taken = inline === undefined ? 2 : 1;
  return {
    seconds: wholeSeconds(inline ?? words[index + 1] ?? ''),
    words: words.filter((_, place) => place < index || place >= index + taken),
  };
};

const wholeSeconds = (text: string): number => {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new RangeError(`--seconds needs a whole number from 1, not "${text}".`);
};
