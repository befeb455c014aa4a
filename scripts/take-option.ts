/**
 * Takes a whole number that is given as `--name N` or `--name=N` out of the words of a command.
 *
 * @returns the number, undefined when the option is not there, and the words without it.
 * @throws {RangeError} when N is not a whole number from 1 to 9,999,999.
 */
export const takeOption = (
  name: string,
  words: readonly string[],
): { readonly value: number | undefined; readonly words: readonly string[] } => {
  const index = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = words[index];
  if (word === undefined) return { value: undefined, words };
  const isInline = word !== name;
  const given = isInline ? word.slice(name.length + 1) : (words[index + 1] ?? '');
  const taken = isInline ? 1 : 2;
  return {
    value: wholeNumber(name, given),
    words: words.filter((_, place) => place < index || place >= index + taken),
  };
};

/** @throws {RangeError} naming `name`. */
export const wholeNumber = (name: string, text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new RangeError(`${name} needs a whole number from 1, not "${text}".`);
};
