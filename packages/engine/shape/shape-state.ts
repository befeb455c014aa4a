import type { JsonObject } from '../plan/json-object.ts';

/** A place where the merged data does not fit the schema. */
export type Problem = { readonly message: string; readonly path: readonly (string | number)[] };

/** One walk through the data. */
export type ShapeState = {
  /** Root fields that do not come from subgraphs, by response key. */
  readonly introspection: JsonObject | undefined;
  problemCount: number;
  /** Kept up to date only in a walk that looks for problems. */
  readonly search: { readonly path: (string | number)[]; readonly problems: Problem[] } | undefined;
};

/** More problems than anyone will read. */
export const problemsMax = 100;

export const noteProblem = (state: ShapeState, message: string): void => {
  state.problemCount += 1;
  if (state.search === undefined || state.search.problems.length >= problemsMax) return;
  state.search.problems.push({ message, path: [...state.search.path] });
};
