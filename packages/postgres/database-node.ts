import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** The part of a generated Prisma client that we need; each service hands in its own. */
export type Client<Tx> = {
  $transaction<Result>(
    work: (tx: Tx) => Promise<Result>,
    options?: { maxWait?: number; timeout?: number },
  ): Promise<Result>;
  $disconnect(): Promise<void>;
};

/** The raw access that every service's transaction client has. */
export type RawTx = {
  $queryRaw<Result = unknown>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<Result>;
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
};

export type ConnectionLimits = {
  /** Connections per node. */
  readonly connectionsMax: number;
  /** How long to wait for a connection, milliseconds. */
  readonly connectMs: number;
  /** How long one statement may run, milliseconds. */
  readonly statementMs: number;
  /** How long one transaction may last, milliseconds. */
  readonly transactionMs: number;
};

export const defaultLimits: ConnectionLimits = {
  connectionsMax: 8,
  connectMs: 2_000,
  statementMs: 5_000,
  transactionMs: 10_000,
};

type Options<Tx> = {
  readonly shard: string;
  readonly role: 'primary' | 'replica';
  readonly url: string;
  readonly applicationName: string;
  readonly limits: ConnectionLimits;
  readonly createClient: (adapter: PrismaPg) => Client<Tx>;
};

/** One database server: a pool, the service's Prisma client over it, and a connection of its own for health checks. */
export class DatabaseNode<Tx> {
  readonly shard: string;
  readonly role: 'primary' | 'replica';
  readonly name: string;
  readonly #pool: pg.Pool;
  readonly #probe: pg.Pool;
  readonly #client: Client<Tx>;
  readonly #limits: ConnectionLimits;
  readonly #settings: pg.ClientConfig;

  constructor({ shard, role, url, applicationName, limits, createClient }: Options<Tx>, name: string) {
    this.shard = shard;
    this.role = role;
    this.name = name;
    this.#limits = limits;
    const settings = {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: limits.connectMs,
      statement_timeout: limits.statementMs,
      lock_timeout: limits.statementMs,
      idle_in_transaction_session_timeout: limits.transactionMs,
      query_timeout: limits.statementMs + 1_000,
      keepAlive: true,
    };
    this.#settings = settings;
    this.#pool = new pg.Pool({ ...settings, max: limits.connectionsMax });
    this.#probe = new pg.Pool({ ...settings, max: 1, idleTimeoutMillis: 60_000 });
    // Connections that break while idle are replaced by the pool; whoever uses one learns it from their own query.
    for (const pool of [this.#pool, this.#probe]) {
      pool.on('error', () => undefined);
      // A server that dies may say so in the same breath as its welcome, before anyone who asked for the connection
      // listens; an error nobody listens to would end the process.
      pool.on('connect', (client) => client.on('error', () => undefined));
    }
    this.#client = createClient(new PrismaPg(this.#pool, { statementNameGenerator: boundedNames() }));
  }

  /** One transaction, bounded in time. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#client.$transaction(work, {
      maxWait: this.#limits.connectMs,
      timeout: this.#limits.transactionMs,
    });
  }

  /** One statement outside Prisma, on a connection of the pool that serves requests. */
  async query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]> {
    return (await this.#pool.query<Row>(sql)).rows;
  }

  /** One statement outside Prisma and outside that pool, so that a busy node still answers. */
  async probe<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<readonly Row[]> {
    return (await this.#probe.query<Row>(sql, values)).rows;
  }

  /** A connection outside the pools, for who needs the same one for long. It is not connected yet. */
  client(): pg.Client {
    return new pg.Client(this.#settings);
  }

  async close(): Promise<void> {
    await this.#client.$disconnect();
    await Promise.all([this.#pool.end(), this.#probe.end()]);
  }
}

const PREPARED_MAX = 500;

/**
 * Names for prepared statements, for the first {@link PREPARED_MAX} texts only: lists make a new text for each length,
 * and the server keeps every named statement for as long as the connection lasts.
 */
const boundedNames = () => {
  const names = new Map<string, string>();
  return ({ sql }: { readonly sql: string }): string => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= PREPARED_MAX) return known ?? '';
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 32);
    names.set(sql, name);
    return name;
  };
};
