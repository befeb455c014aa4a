import pg from 'pg';
import { postgresErrors } from './postgres.errors.ts';
import { toDatabaseError } from './prisma-failures.ts';

/** One connection from its opening to its loss; what was set or locked on it is gone with it. */
export type Connection = {
  /**
   * One statement after the other, in the order of asking.
   *
   * @throws {AppError} `DATABASE_UNAVAILABLE` or `DATABASE_TIMEOUT`.
   */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<readonly Row[]>;
};

type Options = {
  /** A client that is not connected yet. */
  readonly open: () => pg.Client;
  /** Statements that every new connection begins with. */
  readonly setUp: readonly string[];
  /** Called when a notice arrives on a channel that is listened to, and when the connection was lost. Must not block. */
  readonly onNotice: () => void;
};

/**
 * A connection of its own, outside the pools, for locks and notices that belong to a connection. It is opened when
 * somebody asks, and again after it was lost; nothing is tried in between.
 */
export class Session {
  readonly #options: Options;
  #current: Promise<Connection> | undefined;
  #client: pg.Client | undefined;
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** @throws {AppError} `DATABASE_UNAVAILABLE` when it cannot be opened, or was closed. */
  async connection(): Promise<Connection> {
    if (this.#isClosed) throw postgresErrors.DATABASE_UNAVAILABLE();
    this.#current ??= this.#open();
    return this.#current;
  }

  /** Gives up every lock and notice, for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.catch(() => undefined);
    await this.#client?.end();
  }

  async #open(): Promise<Connection> {
    const client = this.#options.open();
    // Whoever uses the connection learns it from the query in hand; the rest is told by `end`.
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    client.on('notification', () => this.#options.onNotice());
    this.#client = client;
    try {
      await client.connect();
      for (const statement of this.#options.setUp) await client.query(statement);
    } catch (error) {
      this.#drop(client);
      throw toDatabaseError(error);
    }
    let before: Promise<unknown> = Promise.resolve();
    return {
      query: <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => {
        const asking = before.then(() => this.#ask<Row>(client, text, values));
        before = asking.catch(() => undefined);
        return asking;
      },
    };
  }

  async #ask<Row extends pg.QueryResultRow>(
    client: pg.Client,
    text: string,
    values: unknown[],
  ): Promise<readonly Row[]> {
    try {
      return (await client.query<Row>({ text, values, name: nameOf(text) })).rows;
    } catch (error) {
      // The server refused the statement and the connection goes on; after anything else nobody knows what it does.
      if (!(error instanceof pg.DatabaseError)) this.#drop(client);
      throw toDatabaseError(error);
    }
  }

  #drop(client: pg.Client): void {
    this.#lose(client);
    client.end().catch(() => undefined);
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#current = undefined;
    // Notices that came meanwhile are lost: whoever waits for one had better look.
    if (!this.#isClosed) this.#options.onNotice();
  }
}

const names = new Map<string, string>();

/** Prepared once on each connection. The texts are those written in this package: a handful. */
const nameOf = (text: string): string => {
  const name = names.get(text) ?? `session-${names.size}`;
  names.set(text, name);
  return name;
};
