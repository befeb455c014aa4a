import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Begun, RawTx } from './database-node.ts';
import { firstOf } from './begin-transaction.ts';
import { postgresErrors } from './postgres.errors.ts';

/** Every append holds it shared until it has committed. No other user of advisory locks in this database takes it. */
export const APPENDS_LOCK = 7_264_002;

/** Longer than any transaction of ours may last; see the limits of a connection. */
const WAIT_MS_MAX = 30_000;
const PAUSE_MS_MAX = 50;

/**
 * Begins an append as the tenant: whoever draws positions holds this lock until they are committed.
 *
 * @param statementMs how long each statement may run or wait for a lock, this one included: the settings stand before the lock.
 */
export const beginAppend = async (tx: RawTx, tenantId: string, statementMs: number): Promise<Begun> => {
  const limit = `${statementMs}ms`;
  const rows = await tx.$queryRaw<Begun[]>`/* unawaited, positioned */
    SELECT pg_backend_pid() AS pid, set_config('app.tenant_id', ${tenantId}, true),
      set_config('statement_timeout', ${limit}, true), set_config('lock_timeout', ${limit}, true),
      pg_advisory_xact_lock_shared(${APPENDS_LOCK})::text`;
  return firstOf(rows);
};

/**
 * Keeps all appends of this database waiting until the transaction at hand ends; meanwhile every position is final.
 *
 * @param waitMs how long to wait for appends in hand. Those that come later wait behind us, so this is also how long they
 *   may stall.
 * @throws whatever Prisma makes of SQLSTATE 55P03 when they take longer; see `failureOf`. The transaction is lost then.
 */
export const holdAppends = async (tx: RawTx, waitMs: number): Promise<void> => {
  const [before] = await tx.$queryRaw<{ waited: string }[]>`
    SELECT current_setting('lock_timeout') AS waited, set_config('lock_timeout', ${`${waitMs}ms`}, true)`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${APPENDS_LOCK})`;
  await tx.$executeRaw`SELECT set_config('lock_timeout', ${before?.waited ?? '0'}, true)`;
};

/**
 * A position that is final, without keeping anybody waiting: every position drawn so far is at or below it, and who may
 * have drawn one and not have committed it holds the lock now; we wait until just these have ended. Taking the lock instead
 * would queue every later append behind the slowest of the present ones. `CREATE INDEX CONCURRENTLY` waits alike.
 *
 * @param inTransaction runs one short transaction on the primary.
 * @throws {AppError} `EVENT_LOG_BUSY` after 30 s ({@link WAIT_MS_MAX}).
 */
export const finalPosition = async (
  inTransaction: <Result>(work: (tx: RawTx) => Promise<Result>) => Promise<Result>,
): Promise<number> => {
  const { position, appending } = await inTransaction(async (tx) => ({
    // First the position, then the holders: each draws only after it has the lock.
    position: await lastPosition(tx),
    appending: await appendsInHand(tx),
  }));
  let left = appending;
  for (let waitedMs = 0, pauseMs = 1; left.length > 0; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
    if (waitedMs >= WAIT_MS_MAX) throw postgresErrors.EVENT_LOG_BUSY({ waitedMs });
    await pauseFor(pauseMs);
    waitedMs += pauseMs;
    const inHand = new Set(await inTransaction(appendsInHand));
    left = left.filter((each) => inHand.has(each));
  }
  return position;
};

const lastPosition = async (tx: RawTx): Promise<number> => {
  const [row] = await tx.$queryRaw<{ position: number }[]>`
    SELECT coalesce(pg_sequence_last_value('events_position_seq'), 0)::float8 AS position`;
  return row?.position ?? 0;
};

/** The virtual transactions that hold the lock: each names one transaction, and none is named twice. */
const appendsInHand = async (tx: RawTx): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ virtualtransaction: string }[]>`
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0 AND objid = ${APPENDS_LOCK}::bigint::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return rows.map(({ virtualtransaction }) => virtualtransaction);
};
