import type { ProvisionedService } from '@saas/local-stack';
import { Pool } from 'pg';

/** Runs one statement on every shard of the services as the superuser, past every policy; answers all rows. */
export const asSuperuser = async <Row extends object>(
  services: readonly ProvisionedService[],
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> => {
  const rows = await Promise.all(
    services.flatMap(({ migrationUrls }) => migrationUrls.map((url) => query<Row>(url, sql, values))),
  );
  return rows.flat();
};

/** How many rows there are, in all services and on all shards, in the tables that only a success writes to. */
export const writtenRows = async (services: readonly ProvisionedService[]): Promise<number> => {
  const tables = ['events', 'streams', 'outbox', 'claims'];
  const counted = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ');
  const rows = await asSuperuser<{ rows: string }>(services, `SELECT ${counted} AS rows`);
  return rows.reduce((sum, { rows: count }) => sum + Number(count), 0);
};

/** Whatever is asked meanwhile must not write anything, in any service, on any shard. */
export const unwrittenIn =
  (services: () => readonly ProvisionedService[]) =>
  async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const before = await writtenRows(services());
    const answer = await work();
    const written = (await writtenRows(services())) - before;
    if (written !== 0) throw new Error(`${written} rows were written.`);
    return answer;
  };

const pools = new Map<string, Pool>();

const query = async <Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  const pool =
    pools.get(url) ??
    new Pool({ connectionString: url, max: 1, idleTimeoutMillis: 1_000, allowExitOnIdle: true });
  // The servers may go before an idle connection does.
  if (!pools.has(url)) {
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  }
  pools.set(url, pool);
  return (await pool.query<Row>(sql, [...values])).rows;
};
