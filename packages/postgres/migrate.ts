import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { limitSession, withLockedSession } from './migrate-session.ts';
import type { MigrationTarget } from './migrate-session.ts';
import { migrationErrors } from './migrate.errors.ts';

export type { MigrationTarget } from './migrate-session.ts';

/**
 * Applies the migrations that this database does not have yet, in order of name, each exactly once however many deployers start
 * together, and leaves the same history as `prisma migrate deploy` of Prisma 7: either may continue the other's work.
 *
 * Each file runs as one transaction, unless it holds a statement that PostgreSQL refuses to run in one, which must
 * then be alone in its file. A migration that is applied but not on disk is only logged: during a rolling
 * deployment, the older release starts against the newer database.
 *
 * @returns the names applied now; empty when there was nothing to do.
 * @throws {AppError} `MIGRATION_FAILED` (Prisma: P3018) with the database's error as `cause`; from then on
 *   `MIGRATION_FAILED_BEFORE` (P3009) until `markMigrationRolledBack` was called.
 * @throws {AppError} `MIGRATION_EDITED` before anything is applied, when an applied file's checksum has changed.
 * @throws {AppError} `MIGRATION_LOCK_TIMEOUT` (P1002), retryable, when another deployer held the lock for `lockWaitMs`.
 * @throws {AppError} `MIGRATION_DATABASE_NOT_EMPTY` (P3005), `MIGRATION_FILE_MISSING` (P3015).
 */
export const applyMigrations = async (target: MigrationTarget): Promise<readonly string[]> => {
  const migrations = readMigrations(target.directory);
  return await withLockedSession(target, async (session) => {
    await prepareHistory(session);
    const pending = pendingOf(migrations, await readHistory(session), target.log ?? (() => undefined));
    for (const migration of pending) {
      await apply(session, migration, target);
      target.log?.(`applied ${migration.name}`);
    }
    return pending.map(({ name }) => name);
  });
};

/**
 * Lets a failed migration be applied again: what `prisma migrate resolve --rolled-back` does. The caller has made
 * sure that nothing of it is left in the database.
 *
 * @throws {AppError} `MIGRATION_NOT_FAILED` (Prisma: P3012) when this migration has not failed.
 */
export const markMigrationRolledBack = async (target: MigrationTarget, name: string): Promise<void> => {
  await withLockedSession(target, async (session) => {
    const { rowCount } = await session.query(
      `UPDATE "_prisma_migrations" SET rolled_back_at = now()
        WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [name],
    );
    if (rowCount === 0) throw migrationErrors.MIGRATION_NOT_FAILED({ migration: name, prismaCode: 'P3012' });
  });
};

type Migration = { readonly name: string; readonly script: string; readonly checksum: string };
type Applied = { readonly name: string; readonly checksum: string; readonly finished: boolean };

const readMigrations = (directory: string): readonly Migration[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
    .map((name) => {
      const file = join(directory, name, 'migration.sql');
      if (!existsSync(file))
        throw migrationErrors.MIGRATION_FILE_MISSING({ migration: name, prismaCode: 'P3015' });
      const script = readFileSync(file, 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    });

const prepareHistory = async (session: Client): Promise<void> => {
  const { rows } = await session.query<{ history: boolean; tables: boolean }>(
    `SELECT coalesce(bool_or(tablename = '_prisma_migrations'), false) AS history, count(*) > 0 AS tables
       FROM pg_tables WHERE schemaname = current_schema()`,
  );
  if (rows[0]?.history === true) return;
  if (rows[0]?.tables === true) throw migrationErrors.MIGRATION_DATABASE_NOT_EMPTY({ prismaCode: 'P3005' });
  // The table as Prisma 7 creates it.
  await session.query(`
    CREATE TABLE "_prisma_migrations" (
      "id" VARCHAR(36) PRIMARY KEY NOT NULL,
      "checksum" VARCHAR(64) NOT NULL,
      "finished_at" TIMESTAMPTZ,
      "migration_name" VARCHAR(255) NOT NULL,
      "logs" TEXT,
      "rolled_back_at" TIMESTAMPTZ,
      "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
      "applied_steps_count" INTEGER NOT NULL DEFAULT 0
    )`);
};

const readHistory = async (session: Client): Promise<readonly Applied[]> => {
  const { rows } = await session.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
};

const pendingOf = (
  migrations: readonly Migration[],
  history: readonly Applied[],
  log: (line: string) => void,
): readonly Migration[] => {
  const onDisk = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of history) {
    if (!finished) throw migrationErrors.MIGRATION_FAILED_BEFORE({ migration: name, prismaCode: 'P3009' });
    const migration = onDisk.get(name);
    if (migration === undefined) log(`applied, but not on disk: ${name}`);
    else if (migration.checksum !== checksum) throw migrationErrors.MIGRATION_EDITED({ migration: name });
    onDisk.delete(name);
  }
  return [...onDisk.values()];
};

const apply = async (session: Client, migration: Migration, target: MigrationTarget): Promise<void> => {
  const id = randomUUID();
  await session.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)`, [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    await limitSession(session, target);
    // Without parameters this is the simple protocol: the whole file in one implicit transaction.
    await session.query(migration.script);
    // A file may have set something for its session; the next one must not inherit it.
    await session.query('RESET ALL');
  } catch (error) {
    await recordFailure(session, id, error);
    throw migrationErrors.MIGRATION_FAILED({ migration: migration.name, prismaCode: 'P3018' }, error);
  }
  await session.query(
    `UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1`,
    [id],
  );
};

/** Best effort: when the connection is gone, the unfinished row says the same, only without the reason. */
const recordFailure = async (session: Client, id: string, error: unknown): Promise<void> => {
  const reason = error instanceof Error ? error.message : String(error);
  await session.query('ROLLBACK').catch(() => undefined);
  await session
    .query(`UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1`, [id, reason])
    .catch(() => undefined);
};
