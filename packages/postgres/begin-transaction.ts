import type { Begun, RawTx } from './database-node.ts';

/**
 * Begins a transaction that sees one tenant's rows. Nobody waits for it: see `gatherStatements`.
 *
 * @param statementMs how long each statement of the transaction may run.
 */
export const beginAsTenant = async (tx: RawTx, tenantId: string, statementMs: number): Promise<Begun> => {
  const rows = await tx.$queryRaw<Begun[]>`/* unawaited */
    SELECT pg_backend_pid() AS pid, set_config('app.tenant_id', ${tenantId}, true),
      set_config('statement_timeout', ${`${statementMs}ms`}, true)`;
  return firstOf(rows);
};

/** What a replica tells at the beginning. */
export type BegunOnReplica = Begun & {
  /** Whether it has replayed the position that was asked for. */
  readonly fresh: boolean;
};

/** {@link beginAsTenant} on a replica that has to have replayed up to `lsn`. */
export const beginOnReplica = async (
  tx: RawTx,
  tenantId: string,
  statementMs: number,
  lsn: string,
): Promise<BegunOnReplica> => {
  const rows = await tx.$queryRaw<BegunOnReplica[]>`
    SELECT pg_backend_pid() AS pid, set_config('app.tenant_id', ${tenantId}, true),
      set_config('statement_timeout', ${`${statementMs}ms`}, true),
      coalesce(pg_last_wal_replay_lsn() >= ${lsn}::pg_lsn, false) AS fresh`;
  return firstOf(rows);
};

/** Begins a transaction that sees every tenant. */
export const beginAsSystem = async (tx: RawTx): Promise<Begun> => {
  const rows = await tx.$queryRaw<Begun[]>`/* unawaited */
    SELECT pg_backend_pid() AS pid, set_config('app.scope', 'system', true)`;
  return firstOf(rows);
};

export const firstOf = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('A SELECT without FROM has one row.');
  return row;
};
