import type { Cursor } from './cursor.ts';
import type { DeferredParts } from './deferred-parts.ts';
import type { OpenBatch } from './entity-batch.ts';
import type { Failures } from './failures.ts';
import type { Visit } from './flatten.ts';
import type { JsonObject } from './json-object.ts';
import type { Turns } from './turns.ts';

/** One run of a compiled plan. */
export type Execution = {
  /** What the subgraphs said so far, merged. Its keys are those of the planned document. */
  readonly root: JsonObject;
  /** As the client gave them, by the names of the planned document. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The value of a Boolean variable, its default included. */
  readonly isTrue: (variable: string) => boolean;
  readonly turns: Turns;
  /** Entity calls of this turn that others may still join, by what they ask. */
  readonly openBatches: Map<string, OpenBatch>;
  readonly failures: Failures;
  /** Objects that stand at several places of the response. */
  readonly shared: Set<JsonObject>;
  /** What was found at paths from the root. */
  readonly visits: Map<string, Visit>;
  readonly progress: {
    /** Counts the answers that brought more than leaves. */
    structure: number;
  };
  /** Given when what is deferred is to be answered later. */
  readonly parts: DeferredParts | undefined;
  /** Told of every fetch with an id when it has ended. */
  readonly fetched: ((id: string) => void) | undefined;
};

/** A compiled plan node. It calls `done` exactly once: at once when there was nothing to wait for, otherwise in the turn in which the last answer came. */
export type Run = (execution: Execution, cursor: Cursor, done: Done) => void;
export type Done = () => void;
