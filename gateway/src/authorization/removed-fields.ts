import type { Condition } from './selection-conditions.ts';

/** A field that is asked for and left out. */
export type RemovedField = {
  /** Response keys from the root on; where there are lists, the indices are missing. */
  readonly path: readonly string[];
  /** Under which it is asked for. */
  readonly conditions: readonly Condition[];
};

export type RemovedFields = {
  /** The same field under the same conditions counts once. */
  readonly add: (removed: RemovedField) => void;
  readonly list: readonly RemovedField[];
  /** More were added than are listed. */
  readonly isCapped: () => boolean;
};

/** The first removed fields of an operation, up to a number. */
export const removedFields = (max: number): RemovedFields => {
  const list: RemovedField[] = [];
  const known = new Set<string>();
  let isCapped = false;
  return {
    add: (removed) => {
      const key = JSON.stringify(removed);
      if (known.has(key)) return;
      if (list.length >= max) {
        isCapped = true;
        return;
      }
      known.add(key);
      list.push(removed);
    },
    list,
    isCapped: () => isCapped,
  };
};
