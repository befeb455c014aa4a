import { setTimeout as pauseFor } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import { isAppError } from '@saas/kernel';
import type { RawTx } from '../database-node.ts';
import { projectionErrors } from './projections.errors.ts';
import { deleteState, readState, writeState, type ProjectionState } from './projection-states.ts';
import { identityOf, type ReadModel } from './read-model.ts';
import { catchUp, schemaOf } from './rebuild.ts';
import { replay } from './replay.ts';
import { asOnlyOperator, isLockTimeout, whileStill, type Kind } from './stand-still.ts';
import { shapeOf } from './table-copy.ts';
import { inTransaction, type Workshop } from './workshop.ts';

/** How long readers of the tables are waited for, milliseconds; shorter than the server's search for deadlocks. */
const TABLE_WAIT_MS_MAX = 300;
/** How often the moment is tried for, with pauses of up to half a second in between. */
const ATTEMPTS_MAX = 30;

export type SwitchOptions = {
  /** Switches although the comparison has found differences. */
  readonly acceptsDifferences?: boolean;
};

/**
 * Lets the candidate be read from now on; what was read before is kept as the previous one, for {@link rollBack}.
 *
 * Whoever reads meanwhile waits for a moment and reads the new tables; nobody fails, and nothing written is missing.
 *
 * @returns the version that is running now.
 * @throws {AppError} `PROJECTION_NOT_BUILT`, `PROJECTION_DIFFERS`, `PROJECTION_SHAPE_CHANGED`, `PROJECTION_BUSY`, or
 *   `PROJECTION_IN_USE`. Nothing was switched.
 */
export const switchToCandidate = <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  kind: Kind,
  { acceptsDifferences = false }: SwitchOptions = {},
): Promise<number> =>
  asOnlyOperator(workshop, model, async () => {
    const { name } = identityOf(model);
    const candidate = await readState(workshop.session, name, 'candidate');
    if (candidate?.status !== 'built')
      throw projectionErrors.PROJECTION_NOT_BUILT({ name, shard: workshop.shard });
    const isEqual = candidate.comparison?.every((each) => each.isEqual) === true;
    if (!isEqual && !acceptsDifferences)
      throw projectionErrors.PROJECTION_DIFFERS({ name, shard: workshop.shard });
    return promote(workshop, model, kind, candidate);
  });

/**
 * Lets the previous tables be read again, brought up to date first; doing it twice comes back to where it began.
 *
 * @returns the version that is running now.
 * @throws {AppError} `PROJECTION_NO_PREVIOUS`, `PROJECTION_SHAPE_CHANGED`, `PROJECTION_BUSY`, or `PROJECTION_IN_USE`.
 *   Nothing was switched.
 */
export const rollBack = <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  kind: Kind,
): Promise<number> =>
  asOnlyOperator(workshop, model, async () => {
    const { name } = identityOf(model);
    const previous = await readState(workshop.session, name, 'previous');
    if (!previous) throw projectionErrors.PROJECTION_NO_PREVIOUS({ name, shard: workshop.shard });
    return promote(workshop, model, kind, previous);
  });

const promote = async <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  kind: Kind,
  incoming: ProjectionState,
): Promise<number> => {
  const { session, shard } = workshop;
  const { name, role, schema, version } = incoming;
  for (const table of model.tables) {
    if ((await shapeOf(session, table, schema)) !== (await shapeOf(session, table, 'public')))
      throw projectionErrors.PROJECTION_SHAPE_CHANGED({ name, table, shard });
  }
  for (let attempt = 1; ; attempt += 1) {
    await catchUp(workshop, model, role === 'previous' ? 'previous' : 'candidate');
    try {
      await whileStill(workshop, model, kind, async (upTo) => {
        await replay(workshop, model, role, { upTo });
        await swap(workshop, model, incoming, { upTo, kind });
      });
      return version;
    } catch (error) {
      const isBusy = isLockTimeout(error) || isAppError(error, 'PROJECTION_IN_USE');
      if (!isBusy) throw error;
      if (attempt === ATTEMPTS_MAX) throw projectionErrors.PROJECTION_IN_USE({ name, shard }, error);
    }
    await pauseFor(Math.random() * 500);
  }
};

/**
 * One transaction: the running tables go out, the incoming ones come in, and the notes say so.
 *
 * Statements that meet the locked tables look their names up again once they get in, and find the new ones.
 */
const swap = <Tx extends RawTx>(
  { session }: Workshop<Tx>,
  model: ReadModel<Tx>,
  incoming: ProjectionState,
  { upTo, kind }: { readonly upTo: number; readonly kind: Kind },
): Promise<void> =>
  inTransaction(session, async () => {
    const { name, role, schema } = incoming;
    const outgoing = schemaOf(model, 'outgoing');
    const kept = schemaOf(model, 'previous');
    const running = await readState(session, name, 'running');
    if (!running) throw new Error(`Nothing is known of the running ${name}.`);

    await session.query(`SET LOCAL lock_timeout = ${TABLE_WAIT_MS_MAX}`);
    const tables = model.tables.map((table) => `public.${escapeIdentifier(table)}`);
    await session.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
    await session.query(`CREATE SCHEMA ${outgoing}`);
    for (const table of tables) await session.query(`ALTER TABLE ${table} SET SCHEMA ${outgoing}`);
    for (const table of model.tables)
      await session.query(`ALTER TABLE ${schema}.${escapeIdentifier(table)} SET SCHEMA public`);
    await session.query(`DROP SCHEMA ${schema}`);
    if (role === 'candidate') await session.query(`DROP SCHEMA IF EXISTS ${kept} CASCADE`);
    await session.query(`ALTER SCHEMA ${outgoing} RENAME TO ${kept}`);

    const position = running.position ?? upTo;
    await writeState(session, { ...running, role: 'previous', schema: kept, position, comparison: null });
    const isInline = kind === 'inline';
    await writeState(session, {
      ...incoming,
      role: 'running',
      schema: 'public',
      position: isInline ? null : upTo,
      status: 'built',
      comparison: null,
    });
    if (role === 'candidate') await deleteState(session, name, 'candidate');
  });
