import type { RawTx } from '../database-node.ts';
import { APPENDS_LOCK } from '../append-lock.ts';
import { projectionErrors } from './projections.errors.ts';
import { identityOf, type ReadModel } from './read-model.ts';
import type { Workshop } from './workshop.ts';

/** Advisory locks of two numbers: what is locked, and the hash of the read model's name. */
export const RUNNER_LOCK = 7_264_011;
const OPERATOR_LOCK = 7_264_012;

/** How a read model's running rows are written: with the events, or after them. */
export type Kind = 'inline' | 'asynchronous';

/** The longest that writers are waited for; afterwards those who came later go first. */
const WAIT_MS_MAX = 2_000;

/**
 * Lets `work` run while nobody writes to a read model's running rows: appends of the whole shard wait when the rows are
 * written with the events, else only the runner does. Keep it short.
 *
 * @param work gets the position of the shard's last event, below which nothing is going to appear.
 * @throws {AppError} `PROJECTION_IN_USE` when writers were busy all the time.
 */
export const whileStill = async <Tx extends RawTx, Result>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  kind: Kind,
  work: (upTo: number) => Promise<Result>,
): Promise<Result> => {
  const holder = await workshop.openSession();
  try {
    await holder.query(`SELECT set_config('lock_timeout', $1, false)`, [String(WAIT_MS_MAX)]);
    if (kind === 'inline') await holder.query('SELECT pg_advisory_lock($1)', [APPENDS_LOCK]);
    else
      await holder.query('SELECT pg_advisory_lock($1, hashtext($2))', [RUNNER_LOCK, identityOf(model).name]);
    // While appends are held, every position is final; the fence would have to be waited for otherwise.
    const upTo = kind === 'inline' ? await lastPosition(workshop) : await workshop.log.fence(workshop.shard);
    return await work(upTo);
  } catch (error) {
    throw isLockTimeout(error) ? projectionErrors.PROJECTION_IN_USE({ shard: workshop.shard }, error) : error;
  } finally {
    // Ends the lock with it.
    await holder.end();
  }
};

/**
 * Lets `work` be the only one that rebuilds or switches this read model on this shard.
 *
 * @throws {AppError} `PROJECTION_BUSY`.
 */
export const asOnlyOperator = async <Tx extends RawTx, Result>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  work: () => Promise<Result>,
): Promise<Result> => {
  const { session, shard } = workshop;
  const { name } = identityOf(model);
  const key = [OPERATOR_LOCK, name];
  const { rows } = await session.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked',
    key,
  );
  if (!rows[0]?.locked) throw projectionErrors.PROJECTION_BUSY({ name, shard });
  try {
    return await work();
  } finally {
    await session.query('SELECT pg_advisory_unlock($1, hashtext($2))', key);
  }
};

export const isLockTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '55P03';

const lastPosition = async <Tx>({ session }: Workshop<Tx>): Promise<number> => {
  const { rows } = await session.query<{ position: number }>(
    'SELECT coalesce(max(position), 0)::float8 AS position FROM public.events',
  );
  return rows[0]?.position ?? 0;
};
