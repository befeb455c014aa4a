import type { JsonObject } from '../plan/json-object.ts';
import type { WriteFields } from './generated-object.ts';
import { putAgain } from './json-sink.ts';
import type { Writing } from './writing.ts';

type WriteObject = WriteFields;

/** What one writer wrote of an object: it writes the same again. */
export type WrittenBefore = { readonly writer: unknown; readonly start: number; readonly end: number };

/** Forgets what was written since. */
export const cutBack = (writing: Writing, length: number): void => {
  const { sink, again } = writing;
  sink.length = length;
  if (again === undefined) return;
  for (const [object, before] of again)
    if (before !== undefined && before.end > length) again.set(object, undefined);
};

/** An object that stands at several places is written once; what could not be written is tried at each of them. */
export const writeAgain = (
  write: WriteObject,
  value: JsonObject,
  writing: Writing,
  again: NonNullable<Writing['again']>,
): ReturnType<WriteObject> => {
  const { sink, problemCount } = writing;
  const before = again.get(value);
  if (before?.writer === write) {
    putAgain(sink, before.start, before.end);
    return 'value';
  }
  const start = sink.length;
  const written = write(value, writing);
  if (written === 'value' && writing.problemCount === problemCount)
    again.set(value, { writer: write, start, end: sink.length });
  return written;
};
