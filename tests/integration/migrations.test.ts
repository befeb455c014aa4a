import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applyMigrations, markMigrationRolledBack } from '@saas/postgres';
import { checkSchemaAgainstMigrations, openSchemaEngine, serviceFolder, services } from '@saas/scripts';
import { Client } from 'pg';
import { adminUrl } from '../support/stack.ts';

const migrationsOf = (folder: string) => join(folder, 'migrations');

const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** An empty database of its own. Dropping it without force fails when any session was left open in it. */
const createDatabase = async () => {
  const admin = await connect(adminUrl());
  const name = `migrations_${Math.random().toString(36).slice(2)}`;
  await admin.query(`CREATE DATABASE "${name}"`);
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await admin.query(`DROP DATABASE "${name}"`);
      await admin.end();
    },
  };
};

/** A copy of a service's folder that a test may spoil. */
const copyFolder = (service: (typeof services)[number]) => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  const wanted = /(\.prisma|\.sql|\.toml)$/u;
  for (const entry of readdirSync(serviceFolder(service), { recursive: true, encoding: 'utf8' })) {
    if (!wanted.test(entry) || /^(client|dist|node_modules)\b/u.test(entry)) continue;
    cpSync(join(serviceFolder(service), entry), join(folder, entry), { dereference: true, recursive: true });
  }
  return {
    folder,
    directory: migrationsOf(folder),
    addMigration: (name: string, sql: string) => {
      mkdirSync(join(folder, 'migrations', name), { recursive: true });
      writeFileSync(join(folder, 'migrations', name, 'migration.sql'), sql);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
};

describe('applyMigrations', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let copy: ReturnType<typeof copyFolder>;
  const deploy = () => applyMigrations({ url: database.url, directory: copy.directory });

  beforeEach(async () => {
    database = await createDatabase();
    copy = copyFolder('projects');
  });
  afterEach(async () => {
    copy.remove();
    await database.drop();
  });

  it('applies each migration once when several deployers start together', async () => {
    const applied = await Promise.all([deploy(), deploy(), deploy()]);
    expect(applied.flat().toSorted()).toEqual(migrationNames(copy.directory));
  });

  it('finds nothing to do the second time', async () => {
    await deploy();
    expect(await deploy()).toEqual([]);
  });

  it('rolls a failed migration back, and blocks every deployment until it is marked as rolled back', async () => {
    await deploy();
    copy.addMigration('20990101000000_bad', 'CREATE TABLE half_done (id int); SELECT 1 / 0;');
    await expect(deploy()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      fields: { migration: '20990101000000_bad', prismaCode: 'P3018' },
      cause: { code: '22012' },
    });
    const blocked = { code: 'MIGRATION_FAILED_BEFORE', fields: { prismaCode: 'P3009' } };
    await expect(deploy()).rejects.toMatchObject(blocked);

    copy.addMigration('20990101000000_bad', 'CREATE TABLE half_done (id int);');
    await expect(deploy()).rejects.toMatchObject(blocked);
    await markMigrationRolledBack({ url: database.url, directory: copy.directory }, '20990101000000_bad');
    expect(await deploy()).toEqual(['20990101000000_bad']);
  });

  it('does not mark a migration as rolled back that has not failed', async () => {
    const [first = ''] = await deploy();
    const target = { url: database.url, directory: copy.directory };
    await expect(markMigrationRolledBack(target, first)).rejects.toMatchObject({
      code: 'MIGRATION_NOT_FAILED',
    });
  });

  it('refuses a migration that was edited after it had been applied, before it applies anything', async () => {
    const [first = ''] = await deploy();
    appendFileSync(join(copy.directory, first, 'migration.sql'), '-- edited\n');
    copy.addMigration('20990101000000_next', 'CREATE TABLE next (id int);');
    await expect(deploy()).rejects.toMatchObject({ code: 'MIGRATION_EDITED', fields: { migration: first } });
    expect(await rows(database.url, `SELECT to_regclass('next') AS found`)).toEqual([{ found: null }]);
  });

  it('only mentions a migration that a newer release has applied', async () => {
    copy.addMigration('20990101000000_newer', 'CREATE TABLE newer (id int);');
    await deploy();
    rmSync(join(copy.directory, '20990101000000_newer'), { recursive: true });
    const lines: string[] = [];
    await applyMigrations({ url: database.url, directory: copy.directory, log: (line) => lines.push(line) });
    expect(lines).toEqual(['applied, but not on disk: 20990101000000_newer']);
  });

  it('refuses a folder without a file', async () => {
    mkdirSync(join(copy.directory, '20990101000000_empty'));
    await expect(deploy()).rejects.toMatchObject({ code: 'MIGRATION_FILE_MISSING' });
  });

  it('refuses a database that has tables but no history', async () => {
    await rows(database.url, 'CREATE TABLE of_somebody_else (id int)');
    await expect(deploy()).rejects.toMatchObject({ code: 'MIGRATION_DATABASE_NOT_EMPTY' });
  });

  it('gives up, retryably, while another deployer holds the lock', async () => {
    const rival = await connect(database.url);
    await rival.query('SELECT pg_advisory_lock(72707369)');
    await expect(
      applyMigrations({ url: database.url, directory: copy.directory, lockWaitMs: 0 }),
    ).rejects.toMatchObject({ code: 'MIGRATION_LOCK_TIMEOUT', definition: { retryable: true } });
    await rival.end();
  });

  it('stops a migration that runs for too long', async () => {
    await deploy();
    copy.addMigration('20990101000000_slow', 'SELECT pg_sleep(60);');
    await expect(
      applyMigrations({ url: database.url, directory: copy.directory, fileTimeoutMs: 20 }),
    ).rejects.toMatchObject({ code: 'MIGRATION_FAILED', cause: { code: '57014' } });
  });

  it('runs an index build that must not be in a transaction', async () => {
    copy.addMigration(
      '20990101000000_index',
      'CREATE INDEX CONCURRENTLY "tried_idx" ON "streams"("created_at");',
    );
    expect(await deploy()).toContain('20990101000000_index');
  });

  it('leaves a history that Prisma itself reads as applied, or as failed', async () => {
    await deploy();
    const engine = await openSchemaEngine(database.url, copy.folder);
    const applied = await engine.statusOf();
    await engine.close();
    expect(applied).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null });

    copy.addMigration('20990101000000_bad', 'SELECT 1 / 0;');
    await deploy().catch(() => undefined);
    const again = await openSchemaEngine(database.url, copy.folder);
    const failed = await again.statusOf();
    await again.close();
    expect(failed).toMatchObject({ failedMigrationNames: ['20990101000000_bad'] });
  });
});

/** Tables with tenants' rows that some role but a superuser could read or write beyond its tenant. */
const unprotectedTables = async (session: Client): Promise<readonly string[]> => {
  const { rows: open } = await session.query<{ relname: string }>(
    `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
          SELECT FROM pg_policy p WHERE p.polrelid = c.oid
            AND pg_get_expr(p.polqual, p.polrelid) LIKE '%app.tenant_id%'
            AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%app.tenant_id%'))`,
  );
  return open.map(({ relname }) => relname);
};

const addStream = (id: string, tenant: string) =>
  `INSERT INTO streams (stream_id, tenant_id, bucket, version, announced) VALUES ('${id}', '${tenant}', 1, 0, 0)`;

describe.each(services)('the migrations of %s', (service) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let session: Client;

  beforeAll(async () => {
    database = await createDatabase();
    await applyMigrations({ url: database.url, directory: migrationsOf(serviceFolder(service)) });
    session = await connect(database.url);
  });
  afterAll(async () => {
    await session.end();
    await database.drop();
  });
  afterEach(async () => {
    await session.query('ROLLBACK');
  });

  /** Runs one statement as the service does: its role, in a transaction that names a tenant (or not). */
  const asService = async (settings: { tenant?: string; scope?: string }, sql: string) => {
    await session.query(`BEGIN; SET LOCAL ROLE "${service}_service"`);
    await session.query(`SELECT set_config('app.tenant_id', $1, true), set_config('app.scope', $2, true)`, [
      settings.tenant ?? '',
      settings.scope ?? '',
    ]);
    const result = await session.query(sql);
    await session.query('COMMIT');
    return result;
  };

  it('say what the schema files say', async () => {
    expect(await checkSchemaAgainstMigrations(service, adminUrl())).toBeNull();
  });

  it('are caught when they lag behind the schema files', async () => {
    const copy = copyFolder(service);
    const model = 'model Forgotten {\n  id String @id\n  @@map("forgotten")\n}\n';
    writeFileSync(join(copy.folder, 'forgotten.prisma'), model);
    const drift = await checkSchemaAgainstMigrations(service, adminUrl(), copy.folder);
    copy.remove();
    expect(drift).toContain('CREATE TABLE "forgotten"');
  });

  it('force row-level security on every table that holds tenants’ rows', async () => {
    expect(await unprotectedTables(session)).toEqual([]);
  });

  it('are caught when a table is protected from all but its owner', async () => {
    await session.query('BEGIN; CREATE TABLE planted (tenant_id text NOT NULL)');
    await session.query(`ALTER TABLE planted ENABLE ROW LEVEL SECURITY`);
    await session.query(
      `CREATE POLICY p ON planted USING (tenant_id = current_setting('app.tenant_id', true))`,
    );
    expect(await unprotectedTables(session)).toEqual(['planted']);
  });

  it('leave no table without a tenant but the directory, the notes on read models and what operators did', async () => {
    const { rows: tables } = await session.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull)`,
    );
    const own = service === 'users' ? ['email_reservations'] : [];
    const allowed = ['_prisma_migrations', 'projections', 'dead_letter_actions', ...own];
    expect(tables.map(({ name }) => name).filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it('show nothing to a session that names no tenant', async () => {
    await asService({ tenant: 'ten_seen' }, addStream('s-unset', 'ten_seen'));
    expect((await asService({}, 'SELECT * FROM streams')).rows).toEqual([]);
    await session.query(`SET ROLE "${service}_service"`);
    const afterwards = await session.query('SELECT * FROM streams');
    await session.query('RESET ROLE');
    expect(afterwards.rows).toEqual([]);
  });

  it('hide one tenant’s rows from another, and let neither write the other’s', async () => {
    await asService({ tenant: 'ten_a' }, addStream('s-a', 'ten_a'));
    const asB = (sql: string) => asService({ tenant: 'ten_b' }, sql);
    expect((await asB(`SELECT * FROM streams WHERE stream_id = 's-a'`)).rows).toEqual([]);
    expect((await asB(`UPDATE streams SET version = 9 WHERE stream_id = 's-a'`)).rowCount).toBe(0);
    await expect(asB(addStream('s-b', 'ten_a'))).rejects.toMatchObject({ code: '42501' });
  });

  it('show every tenant’s rows to work for the system', async () => {
    await asService({ tenant: 'ten_c' }, addStream('s-c', 'ten_c'));
    const { rows: seen } = await asService(
      { scope: 'system' },
      `SELECT 1 FROM streams WHERE stream_id = 's-c'`,
    );
    expect(seen).toHaveLength(1);
  });

  it('let the service add events, and never change or remove them', async () => {
    const asTenant = asService.bind(null, { tenant: 'ten_d' });
    await asTenant(
      `INSERT INTO events (stream_id, version, event_id, tenant_id, bucket, type, schema_version, data, metadata)
       VALUES ('s-d', 1, 'evt_d', 'ten_d', 1, 'Happened', 1, '{}', '{}')`,
    );
    for (const sql of ['UPDATE events SET version = 2', 'DELETE FROM events', 'TRUNCATE events']) {
      await expect(asTenant(sql)).rejects.toMatchObject({ code: '42501' });
      await session.query('ROLLBACK');
    }
  });

  it('make the service neither an owner nor above the policies', async () => {
    const { rows: roles } = await session.query(
      `SELECT rolsuper, rolbypassrls, rolcanlogin,
              (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
         FROM pg_roles r WHERE rolname = $1`,
      [`${service}_service`],
    );
    expect(roles).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, owned: 0 }]);
  });
});

const migrationNames = (directory: string) =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

const rows = async (url: string, sql: string): Promise<unknown[]> => {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};
