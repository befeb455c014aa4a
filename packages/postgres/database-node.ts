import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { ConnectionPlaces } from './connection-places.ts';
import { gatherStatements } from './gather-statements.ts';
import { LogPosition } from './log-position.ts';
import type { Patience } from './patience.ts';
import { watchedWork } from './watched-work.ts';

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

/** The limits that a service's settings ask for; {@link defaultLimits} where they do not. */
export const limitsOf = (config: {
  readonly CONNECTIONS_MAX?: number | undefined;
  readonly STATEMENT_MS_MAX?: number | undefined;
}): ConnectionLimits => {
  const statementMs = config.STATEMENT_MS_MAX ?? defaultLimits.statementMs;
  return {
    ...defaultLimits,
    connectionsMax: config.CONNECTIONS_MAX ?? defaultLimits.connectionsMax,
    statementMs,
    transactionMs: Math.max(defaultLimits.transactionMs, 2 * statementMs),
  };
};

type Options<Tx> = {
  readonly shard: string;
  readonly role: 'primary' | 'replica';
  readonly url: string;
  readonly applicationName: string;
  readonly limits: ConnectionLimits;
  readonly createClient: (adapter: PrismaPg) => Client<Tx>;
};

/** What the first statement of a transaction tells. */
export type Begun = {
  /** `pg_backend_pid()`: the server process that serves the transaction. */
  readonly pid: number;
};

/** How often a server that runs our statement looks whether we are still there. */
const CONNECTION_CHECK_MS = 1_000;

/** How much longer than we do Prisma waits for the end of a transaction. */
const GRACE_MS = 10_000;

/** More requests than this never wait for one node: they are refused at once. */
const WAITING_MAX = 1_000;

/** One database server: a pool, the service's Prisma client over it, and a connection of its own for health checks. */
export class DatabaseNode<Tx> {
  readonly shard: string;
  readonly role: 'primary' | 'replica';
  readonly name: string;
  readonly #pool: pg.Pool;
  readonly #places: ConnectionPlaces;
  /** The pool's connections, by the server process behind them. */
  readonly #clients = new Map<number, pg.ClientBase>();
  readonly #probe: pg.Pool;
  readonly #client: Client<Tx>;
  readonly #limits: ConnectionLimits;
  readonly #settings: pg.ClientConfig;
  readonly #committed = new LogPosition();

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
      // Of a process that has died, too, no statement goes on; PostgreSQL looks while it works.
      options: `-c client_connection_check_interval=${CONNECTION_CHECK_MS}`,
      keepAlive: true,
    };
    this.#settings = settings;
    this.#pool = new pg.Pool({ ...settings, max: limits.connectionsMax });
    this.#places = new ConnectionPlaces({
      placesMax: limits.connectionsMax,
      waitMs: limits.connectMs,
      waitingMax: WAITING_MAX,
    });
    this.#followClients();
    this.#probe = new pg.Pool({ ...settings, max: 1, idleTimeoutMillis: 60_000 });
    // Connections that break while idle are replaced by the pool; whoever uses one learns it from their own query.
    for (const pool of [this.#pool, this.#probe]) {
      pool.on('error', () => undefined);
      // A server that dies may say so in the same breath as its welcome, before anyone who asked for the connection
      // listens; an error nobody listens to would end the process.
      pool.on('connect', (client) => client.on('error', () => undefined));
    }
    this.#pool.on('connect', (client) => gatherStatements(client, (lsn) => this.#committed.note(lsn)));
    this.#client = createClient(new PrismaPg(this.#pool, { statementNameGenerator: boundedNames() }));
  }

  /** How long one statement may run, milliseconds. */
  get statementMs(): number {
    return this.#limits.statementMs;
  }

  /** How far the log reached, at least, after the latest commit that asked for it. */
  get committed(): string {
    return this.#committed.lsn;
  }

  /**
   * One transaction, bounded in time. When patience ends, whoever waits for a connection leaves the queue, and a statement that
   * runs is cancelled; the commit is not.
   *
   * @param begin the transaction's first statement. It must not take long: it is not cancelled.
   * @throws {AppError} what `watchPatience` tells.
   */
  async transaction<First extends Begun, Result>(
    patience: Patience,
    begin: (tx: Tx) => Promise<First>,
    work: (tx: Tx, first: First) => Promise<Result>,
  ): Promise<Result> {
    await this.#places.take(patience);
    const { connectMs, transactionMs } = this.#limits;
    const { signal, endsAtMs = Infinity } = patience;
    const bounded = { signal, endsAtMs: Math.min(endsAtMs, performance.now() + transactionMs) };
    try {
      return await this.#client.$transaction(
        async (tx) => {
          const first = await begin(tx);
          return watchedWork(this.#clients.get(first.pid), bounded, () => work(tx, first));
        },
        // Prisma would give the connection away in the middle of a cancel request: its own limit is for what we forgot.
        { maxWait: connectMs, timeout: transactionMs + GRACE_MS },
      );
    } finally {
      this.#places.give();
    }
  }

  /** One statement outside Prisma, on a connection of the pool that serves requests. */
  async query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]> {
    await this.#places.take({});
    try {
      return (await this.#pool.query<Row>(sql)).rows;
    } finally {
      this.#places.give();
    }
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

  #followClients(): void {
    const clients = this.#clients;
    this.#pool.on('connect', (client) => void clients.set(processOf(client), client));
    this.#pool.on('remove', (client) => {
      // The server gives a number to somebody else when its process has ended.
      if (clients.get(processOf(client)) === client) clients.delete(processOf(client));
    });
  }
}

/** As the server told it when the connection was opened. */
const processOf = (client: pg.ClientBase): number =>
  (client as unknown as { readonly processID: number }).processID;

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
