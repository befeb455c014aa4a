import { describe, expect, it } from '@jest/globals';
import { migrationText } from './db-migration-text.ts';

const tableWith = (name: string, ...columns: string[]) =>
  `-- CreateTable\nCREATE TABLE "${name}" (\n    ${columns.join(',\n    ')}\n);\n`;

describe('migrationText', () => {
  it('keeps a difference without new tables as it is', () => {
    const difference = 'ALTER TABLE "users" ADD COLUMN "nickname" TEXT;';
    expect(migrationText('users', difference)).toBe(`${difference}\n`);
  });

  it('grants a new table to the service and keeps its tenants apart', () => {
    const text = migrationText(
      'users',
      tableWith('accounts', '"id" TEXT NOT NULL', '"tenant_id" TEXT NOT NULL'),
    );
    expect(text).toContain('ON "accounts" TO "users_service"');
    expect(text).toContain('ALTER TABLE "accounts" FORCE ROW LEVEL SECURITY');
    expect(text).toContain(`WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')`);
  });

  it('only grants a table that belongs to no tenant', () => {
    const text = migrationText('users', tableWith('email_reservations', '"email" TEXT NOT NULL'));
    expect(text).toContain('ON "email_reservations" TO "users_service"');
    expect(text).not.toContain('POLICY');
  });

  it('grants the sequences of counting columns', () => {
    const text = migrationText(
      'users',
      tableWith('lines', '"id" SERIAL NOT NULL', '"position" BIGSERIAL NOT NULL'),
    );
    expect(text).toContain('SEQUENCE "lines_id_seq"');
    expect(text).toContain('SEQUENCE "lines_position_seq"');
  });

  it('treats every table of several', () => {
    const one = tableWith('one', '"tenant_id" TEXT NOT NULL');
    const text = migrationText('projects', `${one}\n${tableWith('two', '"tenant_id" TEXT NOT NULL')}`);
    expect(text.match(/CREATE POLICY "tenant_isolation" ON "(one|two)"/gu)).toHaveLength(2);
  });
});
