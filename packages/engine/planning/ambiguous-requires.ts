import type { SchemaFacts } from '../schema-facts.ts';
import type { SelectedOperation } from '../select-operation.ts';
import type { Restore } from './restore.ts';

/** Placeholder of the walking skeleton. */
export const refuseAmbiguousRequires = (
  _facts: SchemaFacts,
  _selected: SelectedOperation,
  _restore: Restore | undefined,
): void => undefined;
