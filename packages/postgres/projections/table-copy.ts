import { escapeIdentifier, type Client } from 'pg';

/**
 * Makes an empty table like `public.<table>` in another schema: columns, defaults, checks, keys and what else is
 * unique under the same names, policies, and the rights of the service's role; see {@link addIndexes} for the rest. The
 * session is in a transaction.
 */
export const copyTable = async (session: Client, table: string, schema: string): Promise<void> => {
  const copy = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  await session.query(
    `CREATE TABLE ${copy} (LIKE public.${escapeIdentifier(table)} INCLUDING ALL EXCLUDING INDEXES)`,
  );
  const { rows } = await session.query<{ statement: string }>(STATEMENTS, [table, schema]);
  for (const { statement } of rows) await session.query(statement);
};

/** Gives a copy the indexes of `public.<table>` that it lacks: a full table is indexed faster than one that fills. */
export const addIndexes = async (session: Client, table: string, schema: string): Promise<void> => {
  const { rows } = await session.query<{ statement: string }>(INDEXES, [table, schema]);
  for (const { statement } of rows) await session.query(statement);
};

/**
 * A table's columns, keys and policies as text, and its indexes unless told otherwise: the same for tables that can
 * stand for each other; null when there is no such table.
 */
export const shapeOf = async (
  session: Client,
  table: string,
  schema: string,
  { isWithIndexes = true } = {},
): Promise<string | null> => {
  const { rows } = await session.query<{ shape: string; indexes: string }>(SHAPE, [table, schema]);
  const [row] = rows;
  if (!row) return null;
  return isWithIndexes ? `${row.shape} ${row.indexes}` : row.shape;
};

// The same index under the same name, so that later migrations find it. Constraints first: they bring their own.
const STATEMENTS = `
  WITH source AS (
    SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = $1 AND c.relkind = 'r'
  )
  SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', $2::text, $1::text, k.conname, pg_get_constraintdef(k.oid)) AS statement
  FROM source JOIN pg_constraint k ON k.conrelid = source.oid WHERE k.contype IN ('p', 'u', 'x')
  UNION ALL
  SELECT replace(pg_get_indexdef(i.indexrelid), format(' ON public.%I ', $1::text), format(' ON %I.%I ', $2::text, $1::text))
  FROM source JOIN pg_index i ON i.indrelid = source.oid
  WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
  UNION ALL
  SELECT format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', $2::text, $1::text) FROM source WHERE relrowsecurity
  UNION ALL
  SELECT format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', $2::text, $1::text) FROM source WHERE relforcerowsecurity
  UNION ALL
  SELECT format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s', p.policyname, $2::text, $1::text, p.permissive, p.cmd,
      (SELECT string_agg(CASE r WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(r) END, ', ') FROM unnest(p.roles) r))
    || coalesce(' USING (' || p.qual || ')', '') || coalesce(' WITH CHECK (' || p.with_check || ')', '')
  FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = $1
  UNION ALL
  SELECT format('GRANT %s ON %I.%I TO %s', a.privilege_type, $2::text, $1::text,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::text) END)
  FROM source, aclexplode(source.relacl) a WHERE a.grantee <> source.relowner`;

const INDEXES = `
  SELECT replace(pg_get_indexdef(i.indexrelid), format(' ON public.%I ', $1::text), format(' ON %I.%I ', $2::text, $1::text))
    AS statement
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = format('public.%I', $1::text)::regclass AND NOT i.indisunique AND NOT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $2 AND c.relname = x.relname)`;

const SHAPE = `
  SELECT jsonb_build_object(
    'columns', (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attname)
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'constraints', (SELECT jsonb_agg(jsonb_build_array(k.conname, pg_get_constraintdef(k.oid)) ORDER BY k.conname)
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x', 'c')),
    'policies', (SELECT jsonb_agg(jsonb_build_array(p.policyname, p.permissive, p.cmd, p.roles, p.qual, p.with_check)
        ORDER BY p.policyname)
      FROM pg_policies p WHERE p.schemaname = $2 AND p.tablename = $1)
  )::text AS shape,
  (SELECT jsonb_agg(replace(pg_get_indexdef(i.indexrelid), format(' ON %I.', $2::text), ' ON ') ORDER BY x.relname)
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid)::text AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $2 AND c.relname = $1 AND c.relkind = 'r'`;
