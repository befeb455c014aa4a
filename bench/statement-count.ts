/** What a piece of work asked of the database through Prisma, for each time it was done. */
export type StatementCount = {
  /** Without the `BEGIN` and `COMMIT` of its transactions; setting the tenant is one of them. */
  readonly statements: number;
  readonly primaryTransactions: number;
  /** Begun on a replica, also those that found it too far behind. */
  readonly replicaTransactions: number;
};

/**
 * Counts statements between `reset` and `of`. The outbox relay, which works at the same time, is left out: transactions
 * are told by their first statement, which says for whom they are.
 */
export const statementCounter = () => {
  const seen: string[] = [];
  return {
    onStatement: (sql: string): void => void seen.push(sql),
    reset: (): void => void (seen.length = 0),
    /** @param times how often the work was done since. */
    of: (times: number): StatementCount => {
      const own = seen.filter((sql) => !BOUNDARY.test(sql) && !RELAY.test(sql));
      const tenants = own.filter((sql) => sql.includes(`set_config('app.tenant_id'`));
      const replicas = tenants.filter((sql) => sql.includes('pg_last_wal_replay_lsn')).length;
      return {
        statements: own.length / times,
        primaryTransactions: (tenants.length - replicas) / times,
        replicaTransactions: replicas / times,
      };
    },
  };
};

const BOUNDARY = /^\s*(BEGIN|COMMIT|ROLLBACK|SET TRANSACTION)\b/i;
// The relay, and the question of how much it has left, are the only ones that work for every tenant at once.
const RELAY =
  /set_config\('app\.scope'|pg_try_advisory_xact_lock|FROM outbox WHERE sent_at|UPDATE outbox SET sent_at/;
