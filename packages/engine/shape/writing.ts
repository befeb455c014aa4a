import type { JsonObject } from '../plan/json-object.ts';
import type { JsonSink } from './json-sink.ts';
import type { WrittenBefore } from './written-before.ts';

/** A place where the merged data does not fit the schema. */
export type Problem = { readonly message: string; readonly path: readonly (string | number)[] };

/** One walk through the data. */
export type Writing = {
  readonly sink: JsonSink;
  /** Root fields that do not come from subgraphs, in JSON, by response key. */
  readonly introspection: ReadonlyMap<string, string> | undefined;
  problemCount: number;
  /** Objects that stand at several places, and where in the sink one was written last. */
  readonly again: Map<JsonObject, WrittenBefore | undefined> | undefined;
  /** Kept up to date only in a walk that looks for problems. */
  readonly search: Search | undefined;
};

export type Search = {
  readonly path: (string | number)[];
  readonly problems: Problem[];
  /** The parts left for later, of objects that are in the answer. */
  readonly deferred: DeferredPart[];
};

/** A deferred fragment on one object. */
export type DeferredPart = {
  readonly label: string | undefined;
  /** Our own label of the fragment. */
  readonly ownLabel: string;
  readonly path: readonly (string | number)[];
  /** Writes the part, or null. */
  readonly write: (writing: Writing) => void;
};

/** More problems than anyone will read. */
export const problemsMax = 100;

export const noteProblem = (writing: Writing, message: string): void => {
  writing.problemCount += 1;
  if (writing.search === undefined || writing.search.problems.length >= problemsMax) return;
  writing.search.problems.push({ message, path: [...writing.search.path] });
};
