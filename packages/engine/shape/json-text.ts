/** A text as JSON, exactly as `JSON.stringify` writes it; most texts need no escape, and seeing that is cheaper. */
export const textJson = (text: string): string => {
  const { length } = text;
  if (length > charsLookedAtMax) return mayNeedEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) {
      return JSON.stringify(text);
    }
  }
  return `"${text}"`;
};

/** Longer texts are seen through faster by one regular expression than by a loop. */
const charsLookedAtMax = 40;

/** Surrogates among them: one that stands alone is escaped. */
// oxlint-disable-next-line no-control-regex -- JSON escapes exactly these.
const mayNeedEscape = /[\u0000-\u001f"\\\ud800-\udfff]/;
