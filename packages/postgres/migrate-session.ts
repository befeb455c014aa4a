import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { migrationErrors } from './migrate.errors.ts';

export type MigrationTarget = {
  /** A role that may create tables and, the first time, roles. It becomes the tables' owner. */
  readonly url: string;
  /** A service's `migrations` folder. */
  readonly directory: string;
  readonly log?: (line: string) => void;
  /** How long to wait for another deployment to finish, in milliseconds. Default 60,000. */
  readonly lockWaitMs?: number;
  /** The longest that one file may run, in milliseconds. Default 300,000. */
  readonly fileTimeoutMs?: number;
  /** The longest that one statement may wait for a table in use, in milliseconds. Default 10,000. */
  readonly tableLockTimeoutMs?: number;
};

/** The key that Prisma's own engine locks: runners of both kinds exclude each other. */
const lockKey = 72_707_369;

/**
 * Runs `work` in a session of its own that holds the deployers' lock, and ends the session whatever happens.
 *
 * @throws {AppError} `MIGRATION_LOCK_TIMEOUT` when another deployer held the lock for `lockWaitMs`.
 */
export const withLockedSession = async <Value>(
  target: MigrationTarget,
  work: (session: Client) => Promise<Value>,
): Promise<Value> => {
  const session = new Client({
    connectionString: target.url,
    application_name: 'migrations',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // When even the server's own time-outs do not answer, the network is gone.
    query_timeout: fileTimeoutOf(target) + 5_000,
  });
  session.on('error', () => undefined);
  try {
    await session.connect();
    await lock(session, target.lockWaitMs ?? 60_000);
    return await work(session);
  } finally {
    // Ends the session, and the advisory lock with it; a query that still hangs is cut off with its socket.
    await session.end();
  }
};

/** Sets the time-outs under which a migration's file runs; the file itself may change them for its own session. */
export const limitSession = async (session: Client, target: MigrationTarget): Promise<void> => {
  const fileTimeoutMs = fileTimeoutOf(target);
  // From pg_settings, because only PostgreSQL 17 and later know transaction_timeout. It ends the session, so the
  // statement's own time-out comes first: that one lets us record the reason.
  await session.query(
    `SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN $1 WHEN 'statement_timeout' THEN $2 ELSE $3 END, false)
       FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout')`,
    [String(target.tableLockTimeoutMs ?? 10_000), String(fileTimeoutMs), String(fileTimeoutMs + 1_000)],
  );
};

const fileTimeoutOf = (target: MigrationTarget): number => target.fileTimeoutMs ?? 300_000;

/**
 * Asks again instead of waiting in the database: a waiting query holds a snapshot, and the other deployer's
 * CREATE INDEX CONCURRENTLY would wait for that snapshot while we wait for its lock.
 */
const lock = async (session: Client, waitMs: number): Promise<void> => {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const { rows } = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      lockKey,
    ]);
    if (rows[0]?.locked === true) return;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0) throw migrationErrors.MIGRATION_LOCK_TIMEOUT({ waitMs, prismaCode: 'P1002' });
    await pause(Math.min(50, leftMs));
  }
};
