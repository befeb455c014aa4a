import type { ProvisionedService } from '@saas/local-stack';
import { Client } from 'pg';

/** Runs one statement on every shard of the services as the superuser, past every policy; answers all rows. */
export const asSuperuser = async <Row extends object>(
  services: readonly ProvisionedService[],
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> => {
  const rows = await Promise.all(
    services.flatMap(({ migrationUrls }) => migrationUrls.map((url) => queryOnce<Row>(url, sql, values))),
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

const queryOnce = async <Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
};
