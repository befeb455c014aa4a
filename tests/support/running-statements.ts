import { Client } from 'pg';

/** A statement that a server runs at the moment. */
export type RunningStatement = {
  readonly pid: number;
  readonly query: string;
  readonly waitsFor: string | null;
};

/**
 * Looks at what the servers run, over connections of its own; close it when nobody looks any more.
 *
 * @param urls a superuser's, of every server to look at.
 * @param databases of these alone.
 */
export const statementWatch = async (urls: readonly string[], databases: readonly string[]) => {
  const clients = urls.map((connectionString) => {
    const client = new Client({ connectionString, application_name: 'statement watch' });
    client.on('error', () => undefined);
    return client;
  });
  await Promise.all(clients.map((client) => client.connect()));
  return {
    /** Those whose text holds `text`. */
    running: async (text: string): Promise<readonly RunningStatement[]> => {
      const found = await Promise.all(
        clients.map((client) => client.query<RunningStatement>(RUNNING, [databases, text])),
      );
      return found.flatMap(({ rows }) => rows);
    },
    /** Whether a table is kept from being read on every server. A replica hears of it a little later than its primary. */
    isLockedEverywhere: async (): Promise<boolean> => {
      const found = await Promise.all(
        clients.map((client) => client.query<{ locks: number }>(LOCKS, [databases])),
      );
      return found.every(({ rows: [row] }) => (row?.locks ?? 0) > 0);
    },
    /** How many transactions are open, at work or not. */
    transactions: async (): Promise<number> => {
      const found = await Promise.all(
        clients.map((client) => client.query<{ open: number }>(OPEN, [databases])),
      );
      return found.reduce((sum, { rows: [row] }) => sum + (row?.open ?? 0), 0);
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
};

const RUNNING = `
  SELECT pid, query, wait_event_type || '/' || wait_event AS "waitsFor" FROM pg_stat_activity
  WHERE datname = ANY ($1) AND state = 'active' AND pid <> pg_backend_pid() AND strpos(query, $2) > 0`;
const LOCKS = `
  SELECT count(*)::int AS locks FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
  WHERE datname = ANY ($1) AND locktype = 'relation' AND mode = 'AccessExclusiveLock' AND granted`;
const OPEN = `
  SELECT count(*)::int AS open FROM pg_stat_activity
  WHERE datname = ANY ($1) AND pid <> pg_backend_pid() AND state <> 'idle'`;
