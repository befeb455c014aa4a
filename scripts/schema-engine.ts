import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { SqlDriverAdapter, SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils';
import type * as Wasm from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool } from 'pg';

const noFilters = { externalTables: [], externalEnums: [] };

/** What Prisma's own migration engine says about one service's folder and one database. */
export type SchemaEngine = {
  /** The SQL that leads from the migrations, run on an empty database, to the schema files; null when they agree. */
  driftOf(): Promise<string | null>;
  /** What Prisma would say of the database's migration history. */
  statusOf(): Promise<Wasm.DiagnoseMigrationHistoryOutput>;
  /** Closes every session and drops every shadow database, also after a failure. */
  close(): Promise<void>;
};

/**
 * Opens Prisma's schema engine (the WebAssembly build, so no download) for the schema and migrations in `folder`.
 *
 * Shadow databases are created beside the database of `url`, whose role therefore needs CREATEDB and, for our
 * migrations, CREATEROLE. Those that a crashed run left behind are dropped first.
 *
 * @param folder a service's folder below `prisma/`.
 * @throws what the engine reports, with its own text, when a migration fails or a schema file is invalid.
 */
export const openSchemaEngine = async (url: string, folder: string): Promise<SchemaEngine> => {
  const { SchemaEngine: Engine } = await loadWasm();
  const files = schemaFiles(folder);
  const migrations = migrationList(folder);
  const databases = shadowDatabases(url);

  const engine = await startEngine(databases, async () => {
    await databases.prepare();
    return await Engine.new(
      { datamodels: files.map(({ path, content }) => [path, content]) },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory({
        provider: 'postgres',
        adapterName: '@prisma/adapter-pg',
        connect: () => databases.connect(),
        connectToShadowDb: () => databases.connectToShadow(),
      }),
    );
  });

  return {
    driftOf: async () => {
      const { exitCode, stdout } = await readable(
        engine.diff({
          from: { tag: 'migrations', ...migrations },
          to: { tag: 'schemaDatamodel', files },
          script: true,
          exitCode: true,
          filters: noFilters,
        }),
      );
      return exitCode === 0 ? null : (stdout ?? '');
    },
    statusOf: () =>
      readable(
        engine.diagnoseMigrationHistory({
          migrationsList: migrations,
          optInToShadowDatabase: false,
          filters: noFilters,
        }),
      ),
    close: async () => {
      engine.free();
      await databases.close();
    },
  };
};

/** Closes the sessions when there is no engine to close them. */
const startEngine = async <Engine>(databases: { close(): Promise<void> }, start: () => Promise<Engine>) => {
  try {
    return await readable(start());
  } catch (error) {
    await databases.close();
    throw error;
  }
};

/** What we use of it; Node's own types leave it to the browser's. */
type WebAssemblyApi = {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: Record<string, () => void> } }>;
};
const { WebAssembly: webAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

let loaded: Promise<typeof Wasm> | undefined;

/**
 * The package's main file says `import x from '...wasm'`, which Node 20 cannot: the module is instantiated by hand,
 * once per process.
 */
const loadWasm = (): Promise<typeof Wasm> => {
  loaded ??= (async () => {
    // The module reports a panic here before it traps; without the registry the report itself would throw.
    Object.assign(globalThis, {
      PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => console.error(text) },
    });
    const specifier = '@prisma/schema-engine-wasm/schema_engine_bg';
    const glue: typeof Wasm = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const file = createRequire(import.meta.url)
      .resolve(specifier)
      .replace(/\.js$/u, '.wasm');
    const { instance } = await webAssembly.instantiate(readFileSync(file), {
      './schema_engine_bg.js': withIdleTimers(glue),
    });
    glue['__wbg_set_wasm'](instance.exports);
    instance.exports['__wbindgen_start']?.();
    return glue;
  })();
  return loaded;
};

/** The engine leaves a 10 s timer behind for each lock it takes, which must not keep the process alive. */
const withIdleTimers = (glue: object): Record<string, unknown> => {
  const imports: Record<string, unknown> = { ...glue };
  for (const name of Object.keys(imports)) {
    if (!name.startsWith('__wbg_setTimeout_')) continue;
    const setTimer = imports[name] as (work: unknown, afterMs: unknown) => unknown;
    imports[name] = (work: unknown, afterMs: unknown) => {
      const timer = setTimer(work, afterMs);
      (timer as Partial<NodeJS.Timeout>).unref?.();
      return timer;
    };
  }
  return imports;
};

/** One session per database: the engine takes an advisory lock on "its" session and must find it again. */
const openPool = (url: string): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', () => undefined);
  return pool;
};

/** Held shared by every engine of one main database, and alone by the one that tidies up. */
const shadowLockKey = 72_707_370;

const shadowDatabases = (url: string) => {
  const main = openPool(url);
  const open = new Map<string, Pool>();
  let prefix = 'prisma_migrate_shadow_db_';
  const drop = (name: string) => main.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  const closeShadow = async (name: string) => {
    const pool = open.get(name);
    if (!open.delete(name)) return;
    await pool?.end();
    await drop(name);
  };

  return {
    /** Drops what crashed runs left behind, unless a run is going on. */
    prepare: async () => {
      const { rows } = await main.query<{ oid: number; alone: boolean }>(
        'SELECT oid, pg_try_advisory_lock($1) AS alone FROM pg_database WHERE datname = current_database()',
        [shadowLockKey],
      );
      prefix += `${rows[0]?.oid}_`;
      if (rows[0]?.alone === true) {
        const stale = await main.query<{ name: string }>(
          'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
          [prefix],
        );
        for (const { name } of stale.rows) await drop(name);
        await main.query('SELECT pg_advisory_unlock($1)', [shadowLockKey]);
      }
      await main.query('SELECT pg_advisory_lock_shared($1)', [shadowLockKey]);
    },
    connect: async () => adapted(await new PrismaPg(main).connect()),
    // The adapter's own would hand both a connection string and a database to pg, which then takes the string's:
    // the "shadow" would be the main database.
    connectToShadow: async () => {
      const name = prefix + randomUUID().slice(0, 8);
      const shadowUrl = new URL(url);
      shadowUrl.pathname = `/${name}`;
      await main.query(`CREATE DATABASE "${name}"`);
      const pool = openPool(shadowUrl.href);
      open.set(name, pool);
      const adapter = adapted(await new PrismaPg(pool).connect());
      adapter.dispose = () => closeShadow(name);
      return adapter;
    },
    close: async () => {
      for (const name of open.keys()) await closeShadow(name);
      await main.end();
    },
  };
};

type PgAdapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Fields = { readonly fields?: { dataTypeID: number }[] };
type Internals = {
  performIO(query: SqlQuery): Promise<Fields>;
  queryRaw(query: SqlQuery): Promise<SqlResultSet>;
  onError(error: unknown): never;
};

/** PostgreSQL's internal one-byte type `"char"`, which the catalogue tables use and the adapter does not know. */
const charOid = 18;
const textOid = 25;

const adapted = (adapter: PgAdapter): SqlDriverAdapter => {
  const internals = adapter as unknown as Internals;
  const performIO = internals.performIO.bind(adapter);
  const queryRaw = internals.queryRaw.bind(adapter);
  const charColumns = new WeakMap<SqlQuery, number[]>();

  internals.performIO = async (query) => {
    const result = await performIO(query);
    const columns: number[] = [];
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== charOid) continue;
      field.dataTypeID = textOid;
      columns.push(index);
    }
    charColumns.set(query, columns);
    return result;
  };
  internals.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  // The adapter's own splits at every semicolon, also inside function bodies. The simple protocol runs the whole
  // script as one transaction, as Prisma's native engine does.
  adapter.executeScript = async (script) => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (error) {
      internals.onError(error);
    }
  };
  return adapter;
};

/** Links are followed by name: `event-store.prisma` is one of the folder's own files. */
const schemaFiles = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, content: readFileSync(path, 'utf8') }));

const migrationList = (folder: string): Wasm.MigrationList => {
  const baseDir = resolve(folder, 'migrations');
  const lockfile = join(baseDir, 'migration_lock.toml');
  const names = existsSync(baseDir)
    ? readdirSync(baseDir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .toSorted()
    : [];
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
};

/** The engine's errors carry JSON in their message; people want the text in it. */
const readable = async <Value>(work: Promise<Value>): Promise<Value> => {
  try {
    return await work;
  } catch (error) {
    throw new Error(textOf(error), { cause: error });
  }
};

const textOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  try {
    return (JSON.parse(message) as { message?: string }).message ?? message;
  } catch {
    return message;
  }
};
