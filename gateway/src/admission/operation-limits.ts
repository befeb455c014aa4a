/** What one document may ask of us. Every number is the most that is allowed. */
export type OperationLimits = {
  /** Characters (UTF-16 code units) of the document, with what is no token: white space, comments, the inside of strings. */
  readonly characters: number;
  /** Lexical tokens of the document: what parsing and every later walk over the text costs. */
  readonly tokens: number;
  /** Brackets of any kind inside one another: `{`, `(` and `[`. Parsers and validators recurse this deep. */
  readonly nesting: number;
  /** Operations and fragments in one document. */
  readonly definitions: number;
  /** Fields inside one another, the root field being 1. Fragments add nothing of their own. */
  readonly depth: number;
  /** Fields at the root of one operation, those in fragments included. */
  readonly rootFields: number;
  /** Fields with an alias, `__typename` too, counted wherever their fragment is used. */
  readonly aliases: number;
  /** Directives anywhere, counted wherever their fragment is used. */
  readonly directives: number;
  /** Fields, inline fragments and spreads, counted wherever their fragment is used: what planning costs. */
  readonly selections: number;
  /** Pairs of fields with one response path, and of spreads in one place: what checking that fields merge costs. */
  readonly comparisons: number;
  /** Lists of the introspection schema inside one another (`fields`, `interfaces`, `possibleTypes`, `inputFields`). */
  readonly introspectionDepth: number;
};

/**
 * Wide enough for the operations that clients generate, narrow enough that checking what passes stays in milliseconds.
 * GraphiQL's introspection query has about 400 tokens, depth 15 and introspection depth 1.
 *
 * The worst documents that pass parse in about 1 ms and keep graphql-js validating for 10 to 40 ms, as measured on a busy
 * machine; with twice the tokens, selections and comparisons it was 50 and more. `introspectionDepth` is what graphql-js
 * itself allows.
 *
 * One block string of 800,000 characters is seven tokens, and took 80 ms to parse: hence `characters`, 33 for each token.
 */
export const defaultOperationLimits: OperationLimits = {
  characters: 200_000,
  tokens: 6_000,
  nesting: 100,
  definitions: 300,
  depth: 30,
  rootFields: 50,
  aliases: 200,
  directives: 200,
  selections: 2_500,
  comparisons: 5_000,
  introspectionDepth: 2,
};

/** The largest number that a count or a cost reaches: from here on it stands for "this or more". */
export const COUNT_MAX = 1_000_000_000;

/** Adds without ever passing `COUNT_MAX`, so that no document makes a number overflow. */
export const addUpTo = (left: number, right: number): number => Math.min(left + right, COUNT_MAX);

/** Multiplies without ever passing `COUNT_MAX`. */
export const multiplyUpTo = (left: number, right: number): number => Math.min(left * right, COUNT_MAX);
