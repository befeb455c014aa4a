const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * How deeply a GraphQL text nests its brackets, counted up to one more than `max`; strings and comments do not count.
 *
 * Looks at characters alone, so that it can go before the parser, which recurses once per bracket. A text that is no
 * GraphQL gets some number; the parser refuses it afterwards.
 */
export const bracketNesting = (source: string, max: number): number => {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < source.length; at += 1) {
    switch (source.charCodeAt(at)) {
      case 123: // {
      case 40: // (
      case 91: // [
        depth += 1;
        if (depth > deepest) deepest = depth;
        if (deepest > max) return deepest;
        break;
      case 125: // }
      case 41: // )
      case 93: // ]
        depth -= 1;
        break;
      case QUOTE:
        at = source.startsWith('"""', at) ? endOfBlock(source, at + 3) : endOfString(source, at + 1);
        break;
      case HASH:
        at = endOfLine(source, at);
        break;
      default:
    }
  }
  return deepest;
};

/** The offset of the quote that ends a string, or of the line's end where it must end at the latest. */
const endOfString = (source: string, from: number): number => {
  for (let at = from; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE || code === LINE_FEED || code === CARRIAGE_RETURN) return at;
  }
  return source.length;
};

/** The offset of the last quote of a block string; `\"""` does not end it. */
const endOfBlock = (source: string, from: number): number => {
  let at = source.indexOf('"""', from);
  while (at > from && source.charCodeAt(at - 1) === BACKSLASH) at = source.indexOf('"""', at + 3);
  return at < 0 ? source.length : at + 2;
};

const endOfLine = (source: string, from: number): number => {
  for (let at = from; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return at;
  }
  return source.length;
};
