import { Lexer, Source, TokenKind } from 'graphql';

/**
 * A text that two spellings of one operation share, and no two different operations: its tokens without white space,
 * commas, comments and byte order mark, strings by what they say. Undefined for a text that is not made of tokens, or
 * whose key would be longer than `lengthMax`: it stops there, so that a hostile text costs no more than that.
 *
 * A key is for comparing and is no GraphQL.
 */
export const meaningKey = (source: string, lengthMax: number): string | undefined => {
  const lexer = new Lexer(new Source(source));
  let key = '';
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      const isString = token.kind === TokenKind.STRING || token.kind === TokenKind.BLOCK_STRING;
      // JSON has no line feed inside a string, and other tokens have none at all.
      key += `${isString ? JSON.stringify(token.value) : (token.value ?? token.kind)}\n`;
      if (key.length > lengthMax) return undefined;
    }
  } catch {
    // The parser says what is wrong with it, should it get that far.
    return undefined;
  }
  return key;
};
