import { createHmac } from 'node:crypto';
import type { Client } from 'pg';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { urlOf, withSession } from './admin-session.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { PostgresTopology, ShardUrls } from './postgres-topology.ts';
import { waitUntilReplayed } from './replication.ts';

/** The databases of one service. */
export type ProvisionedService = {
  readonly service: string;
  readonly database: string;
  /** The owner's URLs, one per shard in order: for migrations, and for nothing else. */
  readonly migrationUrls: readonly string[];
  /** The URLs to run with: role `<service>_app`, which owns nothing and passes no policy by. */
  readonly shards: readonly ShardUrls[];
};

/** Whom to provide with what. */
export type ServiceOptions = {
  readonly topology: PostgresTopology;
  /** A lower-case letter, then at most 54 letters, digits and underscores. */
  readonly service: string;
  /** The service's own name unless told otherwise. The same rules as for `service`. */
  readonly database?: string;
  /** Of the role `<service>_app`. By default derived from the superuser's, so that it stays the same. */
  readonly password?: string;
};

/**
 * Creates on every shard, when absent, the database, the group role `<service>_service` that migrations grant tables to,
 * and its member `<service>_app` that can log in. Other services cannot connect to the database. Resolves when every
 * replica has it all.
 *
 * May be called again and by many at once: the result is the same. A password that differs replaces the former one.
 *
 * @throws {AppError} `DATABASE_NAME_INVALID` or `REPLICA_BEHIND`.
 */
export const provisionService = async (options: ServiceOptions): Promise<ProvisionedService> => {
  const { topology, service, database = service } = options;
  requireName(service);
  requireName(database);
  const provisioned = provisionedService({ ...options, database });
  await onEveryShard(topology, async (session) => {
    await createRoles(session, service, passwordOf(options));
    const { rowCount } = await session.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await session.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
    await admitService(session, database, service);
  });
  return provisioned;
};

/**
 * Lets `change` work on the primary of every shard, one caller at a time, and waits until the replicas have what it did.
 */
export const onEveryShard = async (
  topology: PostgresTopology,
  change: (session: Client) => Promise<void>,
): Promise<void> => {
  await Promise.all(
    topology.shards.map(async (shard) => {
      await withSession(shard.primary, async (session) => {
        // Ends with the session. A database cannot be created within a transaction, so the lock is the session's.
        await session.query(`SELECT pg_advisory_lock(hashtext('local-stack'))`);
        await change(session);
      });
      await waitUntilReplayed(shard);
    }),
  );
};

/** The URLs of a service whose roles exist, with this database. */
export const provisionedService = (
  options: ServiceOptions & { readonly database: string },
): ProvisionedService => {
  const { topology, service, database } = options;
  const role = { name: `${service}_app`, password: passwordOf(options) };
  return {
    service,
    database,
    migrationUrls: topology.shards.map((shard) => urlOf(shard.primary, database)),
    shards: topology.shards.map(({ name, primary, replicas }) => ({
      name,
      primary: urlOf(primary, database, role),
      replicas: replicas.map((replica) => urlOf(replica, database, role)),
    })),
  };
};

/** Lets the service, and no one else but the superuser, connect to a database. Not copied along with a template. */
export const admitService = async (session: Client, database: string, service: string): Promise<void> => {
  const name = escapeIdentifier(database);
  await session.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  await session.query(`GRANT CONNECT ON DATABASE ${name} TO ${escapeIdentifier(`${service}_service`)}`);
};

/** @throws {AppError} `DATABASE_NAME_INVALID`. */
export const requireName = (name: string): void => {
  // Names end at 63 bytes, and `<service>_service` must fit.
  if (!/^[a-z][a-z0-9_]{0,54}$/.test(name))
    throw localStackErrors.DATABASE_NAME_INVALID({ name: name.slice(0, 80) });
};

const createRoles = async (session: Client, service: string, password: string): Promise<void> => {
  const group = `${service}_service`;
  const login = `${service}_app`;
  const { rows } = await session.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY($1)',
    [[group, login]],
  );
  const has = (name: string) => rows.some((row) => row.rolname === name);
  if (!has(group)) await session.query(`CREATE ROLE ${escapeIdentifier(group)} NOLOGIN`);
  const verb = has(login) ? 'ALTER' : 'CREATE';
  await session.query(`${verb} ROLE ${escapeIdentifier(login)} LOGIN PASSWORD ${escapeLiteral(password)}`);
  await session.query(`GRANT ${escapeIdentifier(group)} TO ${escapeIdentifier(login)}`);
};

const passwordOf = ({ topology, service, password }: ServiceOptions): string => {
  if (password !== undefined) return password;
  const secret = decodeURIComponent(new URL(topology.shards[0]?.primary ?? 'postgresql://').password);
  return createHmac('sha256', secret).update(`${service}_app`).digest('base64url');
};
