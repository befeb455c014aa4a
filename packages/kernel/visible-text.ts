// Letters, digits, punctuation and symbols, but for those that are drawn as nothing (Hangul fillers, blank Braille).
const SHOWN = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;
// Control characters, halves of surrogate pairs, line and paragraph separators.
const BREAKING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
// Embeddings, overrides and isolates: they reorder what stands beside the text, too.
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/;
// A NUL and half a surrogate pair are JSON, but not jsonb; the other controls are for terminals.
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}]/u;

/**
 * Says whether `text` is fit for a name: one line of 1 to `lengthMax` characters (code points) that shows something,
 * without control characters and without controls of the writing direction.
 *
 * @see Unicode Standard Annex #9, section 2: explicit directional embeddings, overrides and isolates.
 */
export const isVisibleLine = (text: string, lengthMax: number): boolean =>
  hasLength(text, lengthMax) && showsSomething(text) && !BREAKING.test(text) && !REORDERING.test(text);

/** Says whether `text` has at most `lengthMax` characters (code points) and no control characters but `\n` and `\t`. */
export const isProse = (text: string, lengthMax: number): boolean =>
  hasLength(text, lengthMax) && !UNPRINTABLE.test(text);

/** Says whether any character of `text` can be seen: not only space, control and other invisible ones. */
export const showsSomething = (text: string): boolean => SHOWN.test(text);

// Counted only when it may matter: no text has more code points than code units.
const hasLength = (text: string, lengthMax: number): boolean =>
  text.length <= lengthMax || (text.length <= 2 * lengthMax && Array.from(text).length <= lengthMax);
