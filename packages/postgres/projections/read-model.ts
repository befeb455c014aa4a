import type { RecordedEvent } from '@saas/event-sourcing';

/**
 * Read-model rows made from events and from nothing else, in tables of their own, so that they can be built again
 * beside the running ones.
 *
 * While it is built again, a projection sees its own tables alone: it may name no schema, and reading or writing any
 * other table fails. What it makes of the same events may not depend on how they are cut into batches.
 */
export type ReadModel<Tx> = {
  /** What it is called and the version of its code: `task-list-1`. A change of what it writes is a new version. */
  readonly name: string;
  /** Every table that it writes to. Nobody else does. */
  readonly tables: readonly [string, ...string[]];
  /**
   * That `apply` looks rows up by more than their keys. Indexes are then kept while it is rebuilt; otherwise they are
   * made at the end, which is faster.
   */
  readonly needsIndexes?: true;
  /** Gets events of one or more streams, while rebuilding also of many tenants; each stream's in order, each once. */
  readonly apply: (events: readonly RecordedEvent[], tx: Tx) => Promise<void>;
};

/** The read models of one service. */
export type ReadModels<Tx> = {
  /** Written in the transaction that appends the events. */
  readonly inline: readonly ReadModel<Tx>[];
  /** Written after it, in the order in which transactions have committed: for those that join streams. */
  readonly asynchronous: readonly ReadModel<Tx>[];
};

/** `task-list-1` is version 1 of `task-list`. */
export const identityOf = ({ name }: Pick<ReadModel<unknown>, 'name'>): { name: string; version: number } => {
  const [, base = '', version = ''] = /^([a-z][a-z0-9-]*)-([1-9][0-9]*)$/.exec(name) ?? [];
  if (base === '') throw new Error(`"${name}" is not a name and a version, like "task-list-1".`);
  return { name: base, version: Number(version) };
};
