import type { Cursor } from './cursor.ts';
import type { Failures } from './failures.ts';
import type { Fetch } from './fetch.port.ts';
import type { JsonObject } from './json-object.ts';

/** One run of a compiled plan. */
export type Execution = {
  /** What the subgraphs said so far, merged. Its keys are those of the planned document. */
  readonly root: JsonObject;
  /** As the client gave them, by the names of the planned document. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The value of a Boolean variable, its default included. */
  readonly isTrue: (variable: string) => boolean;
  readonly fetch: Fetch;
  readonly failures: Failures;
};

/** A compiled plan node. Nothing is returned when there was nothing to wait for. */
export type Run = (execution: Execution, cursor: Cursor) => Promise<void> | undefined;
