/**
 * The text of a new migration: the difference that Prisma found, and for each table that it creates the grants and the
 * policy that keeps tenants apart, which Prisma knows nothing of.
 */
export const migrationText = (service: string, difference: string): string => {
  const protections = [...difference.matchAll(/^CREATE TABLE "(\w+)" \((.*?)^\);/gmsu)].map(
    ([, table = '', columns = '']) => protectionOf(service, table, columns),
  );
  return `${[difference.trim(), ...protections].join('\n\n')}\n`;
};

const protectionOf = (service: string, table: string, columns: string): string => {
  const grants = [
    `-- The rights of the service's role. Take away what it does not need.`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON "${table}" TO "${service}_service";`,
    ...[...columns.matchAll(/^\s*"(\w+)" (?:BIG|SMALL)?SERIAL\b/gmu)].map(
      ([, column]) => `GRANT USAGE ON SEQUENCE "${table}_${column}_seq" TO "${service}_service";`,
    ),
  ];
  if (!columns.includes('"tenant_id"')) return grants.join('\n');
  return [
    ...grants,
    `ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY;`,
    `ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY;`,
    `CREATE POLICY "tenant_isolation" ON "${table}"`,
    `    USING (${isVisible})`,
    `    WITH CHECK (${isVisible});`,
  ].join('\n');
};

/** `nullif`, because a setting that was local to an ended transaction reads as '', which must see nothing. */
const isVisible = `"tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system'`;
