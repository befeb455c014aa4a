import { escapeIdentifier, type Client } from 'pg';
import type { TableComparison } from './projection-states.ts';

const DIFFERENCES_MAX = 10;

/**
 * Compares each running table with the one of the same name in `schema`: how many rows, a checksum over all of them, and
 * of those that differ the first few by key and column. Values are not told: they may be personal.
 */
export const compareTables = async (
  session: Client,
  tables: readonly string[],
  schema: string,
): Promise<readonly TableComparison[]> => {
  const compared: TableComparison[] = [];
  for (const table of tables) {
    const running = await checksumOf(session, table, 'public');
    const candidate = await checksumOf(session, table, schema);
    const isEqual = running.rows === candidate.rows && running.checksum === candidate.checksum;
    const differences = isEqual ? [] : await differencesOf(session, table, schema);
    compared.push({ table, running: running.rows, candidate: candidate.rows, isEqual, differences });
  }
  return compared;
};

// The sum does not depend on the order of the rows.
const checksumOf = async (session: Client, table: string, schema: string) => {
  const { rows } = await session.query<{ rows: number; checksum: string }>(
    `SELECT count(*)::float8 AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS checksum
     FROM ${escapeIdentifier(schema)}.${escapeIdentifier(table)} t`,
  );
  return rows[0] ?? { rows: 0, checksum: '0' };
};

const differencesOf = async (session: Client, table: string, schema: string): Promise<readonly string[]> => {
  const key = (await keyColumns(session, table)).map((column) => escapeIdentifier(column));
  const joined = key.map((column) => `r.${column} = c.${column}`).join(' AND ');
  const named = key.map((column) => `coalesce(r.${column}, c.${column})::text`).join(', ');
  const { rows } = await session.query<{ key: string; what: string }>(
    `SELECT concat_ws(' ', ${named}) AS key,
       CASE WHEN r IS NULL THEN 'only in the candidate' WHEN c IS NULL THEN 'only in the running one'
         ELSE (SELECT string_agg(x.key, ', ') FROM jsonb_each(to_jsonb(r)) x
           WHERE x.value IS DISTINCT FROM to_jsonb(c) -> x.key) END AS what
     FROM public.${escapeIdentifier(table)} r
     FULL JOIN ${escapeIdentifier(schema)}.${escapeIdentifier(table)} c ON ${joined}
     WHERE r::text IS DISTINCT FROM c::text
     ORDER BY 1 LIMIT ${DIFFERENCES_MAX}`,
  );
  return rows.map((row) => `${row.key}: ${row.what}`);
};

const keyColumns = async (session: Client, table: string): Promise<readonly string[]> => {
  const { rows } = await session.query<{ column: string }>(
    `SELECT a.attname AS column FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
     WHERE i.indrelid = format('public.%I', $1::text)::regclass AND i.indisprimary ORDER BY a.attnum`,
    [table],
  );
  return rows.map(({ column }) => column);
};
