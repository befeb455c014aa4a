import { escapeIdentifier } from 'pg';
import type { RawTx } from '../database-node.ts';
import { compareTables } from './compare-tables.ts';
import { deleteState, readState, writeState, type ProjectionState } from './projection-states.ts';
import { identityOf, type ReadModel } from './read-model.ts';
import { replay, type ReplayOptions, type ReplayProgress } from './replay.ts';
import { asOnlyOperator, whileStill, type Kind } from './stand-still.ts';
import { addIndexes, copyTable, shapeOf } from './table-copy.ts';
import { inTransaction, type Workshop } from './workshop.ts';

export type RebuildOptions = {
  /** Starts anew even where an unfinished candidate could be finished. */
  readonly isFresh?: boolean;
  /** Events per transaction. */
  readonly batchMax?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
};

/**
 * Builds a read model again beside the running one, from every event of the shard, and compares the two at the same
 * position. The running one is read and written as always; appends wait for the last few events alone.
 *
 * Broken off, it goes on where it stopped when it is called again by the same version of the code.
 *
 * @throws {AppError} `PROJECTION_BUSY`; and whatever the projection throws. The running one was not touched.
 */
export const rebuild = <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  kind: Kind,
  { isFresh = false, ...how }: RebuildOptions = {},
): Promise<ProjectionState> =>
  asOnlyOperator(workshop, model, async () => {
    const { session } = workshop;
    const known = await readState(session, identityOf(model).name, 'candidate');
    if (isFresh || !known || !(await canGoOn(workshop, model, known))) await makeCandidate(workshop, model);

    await catchUp(workshop, model, 'candidate', how);
    const schema = schemaOf(model, 'candidate');
    for (const table of model.tables) {
      await addIndexes(session, table, schema);
      await session.query(`ANALYZE ${schema}.${escapeIdentifier(table)}`);
    }
    // That may have taken a while.
    await catchUp(workshop, model, 'candidate', how);
    const comparison = await compareWithRunning(workshop, model, kind);
    const built = await candidateOf(workshop, model);
    await writeState(session, { ...built, status: 'built', comparison });
    return candidateOf(workshop, model);
  });

/**
 * Applies to the candidate and to the previous tables what happened since they were written, as far as they are there. Of
 * a person who was erased meanwhile nothing is left in them then.
 *
 * @throws {AppError} `PROJECTION_BUSY`.
 */
export const refresh = <Tx extends RawTx>(workshop: Workshop<Tx>, model: ReadModel<Tx>): Promise<void> =>
  asOnlyOperator(workshop, model, async () => {
    for (const role of ['candidate', 'previous'] as const) await catchUp(workshop, model, role);
  });

/** Where a read model's tables lie when they are not read. */
export const schemaOf = (
  model: Pick<ReadModel<unknown>, 'name'>,
  role: 'candidate' | 'previous' | 'outgoing',
): string => `${role}_${identityOf(model).name.replaceAll('-', '_')}`;

/** Events that may be left for the moment in which writers wait. */
const TAIL_MAX = 500;

/** Replays until hardly anything is left to replay, although others go on writing. */
export const catchUp = async <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  role: 'candidate' | 'previous',
  how: Omit<ReplayOptions, 'upTo'> = {},
): Promise<void> => {
  const { log, shard } = workshop;
  for (let upTo = await log.fence(shard), last = 0; ; last = upTo, upTo = await log.fence(shard)) {
    await replay(workshop, model, role, { ...how, upTo });
    if (upTo - last <= TAIL_MAX) return;
  }
};

/** Whether an unfinished candidate is of this code, and its tables are like the running ones. */
const canGoOn = async <Tx extends RawTx>(
  { session }: Workshop<Tx>,
  model: ReadModel<Tx>,
  { version, status, schema }: ProjectionState,
): Promise<boolean> => {
  if (version !== identityOf(model).version || status !== 'building') return false;
  for (const table of model.tables) {
    const keys = { isWithIndexes: false };
    const shape = await shapeOf(session, table, schema, keys);
    if (shape !== (await shapeOf(session, table, 'public', keys))) return false;
  }
  return true;
};

const makeCandidate = async <Tx extends RawTx>(
  { session }: Workshop<Tx>,
  model: ReadModel<Tx>,
): Promise<void> => {
  const { name, version } = identityOf(model);
  const schema = schemaOf(model, 'candidate');
  await inTransaction(session, async () => {
    await deleteState(session, name, 'candidate');
    await session.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await session.query(`CREATE SCHEMA ${schema}`);
    for (const table of model.tables) {
      await copyTable(session, table, schema);
      if (model.needsIndexes) await addIndexes(session, table, schema);
    }
    const state = { name, version, schema, status: 'building', position: 0, events: 0 } as const;
    await writeState(session, { ...state, role: 'candidate', comparison: null });
  });
};

/** Both at the same position, in one snapshot; writers wait while it is taken, not while it is looked at. */
const compareWithRunning = async <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  kind: Kind,
) => {
  const snapshot = await workshop.openSession();
  try {
    await whileStill(workshop, model, kind, async (upTo) => {
      await replay(workshop, model, 'candidate', { upTo });
      if (kind === 'asynchronous') await replay(workshop, model, 'running', { upTo });
      await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // The first statement takes the snapshot.
      await snapshot.query('SELECT 1');
    });
    return await compareTables(snapshot, model.tables, schemaOf(model, 'candidate'));
  } finally {
    await snapshot.end();
  }
};

const candidateOf = async <Tx>({ session }: Workshop<Tx>, model: ReadModel<Tx>): Promise<ProjectionState> => {
  const state = await readState(session, identityOf(model).name, 'candidate');
  if (!state) throw new Error(`The candidate of ${model.name} has gone.`);
  return state;
};
