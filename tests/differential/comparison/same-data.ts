import { canonical } from '../world/hash.ts';

/** Whether two texts say the same, the order of keys aside. */
export const isSameData = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonical(JSON.parse(a)) === canonical(JSON.parse(b)));

/** Whether `part` has nothing that `whole` does not have, but may have null in place of something. */
export const isPartOf = (part: unknown, whole: unknown): boolean => {
  if (part === null) return true;
  if (Array.isArray(part)) {
    return (
      Array.isArray(whole) &&
      part.length === whole.length &&
      part.every((item, index) => isPartOf(item, whole[index]))
    );
  }
  if (typeof part !== 'object') return part === whole;
  if (typeof whole !== 'object' || whole === null) return false;
  const all = new Map(Object.entries(whole));
  const entries = Object.entries(part);
  return (
    entries.length === all.size &&
    entries.every(([key, value]) => all.has(key) && isPartOf(value, all.get(key)))
  );
};
