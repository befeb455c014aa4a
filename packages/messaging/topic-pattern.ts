/**
 * Whether a topic exchange would route `routingKey` to a binding with `pattern`: `*` is one word, `#` any number.
 *
 * @see AMQP 0-9-1 specification, section 3.1.3.3 "The Topic Exchange Type".
 */
export const matchesTopic = (pattern: string, routingKey: string): boolean =>
  matchesWords(pattern.split('.'), routingKey.split('.'));

const matchesWords = ([first, ...rest]: readonly string[], words: readonly string[]): boolean => {
  if (first === undefined) return words.length === 0;
  if (first === '#')
    return words.some((_, skipped) => matchesWords(rest, words.slice(skipped))) || matchesWords(rest, []);
  const [word, ...others] = words;
  return word !== undefined && (first === '*' || first === word) && matchesWords(rest, others);
};
