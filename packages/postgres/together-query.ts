import pg from 'pg';

/** What `pg` makes of one statement. */
export type Answer = pg.QueryResult<Record<string, unknown>>;

type OnEnd = (error: Error | null, answers: readonly Answer[]) => void;

/**
 * Several statements that the server gets as one: each is run only when those before it have not failed, and there is one
 * answer to them all.
 *
 * `pg` takes it for one query. It knows no such thing itself; what is called here of its queries and its connection is what
 * they call of each other.
 */
export class TogetherQuery implements pg.Submittable {
  readonly #queries: readonly PgQuery[];
  readonly #answers: Answer[] = [];
  #at = 0;
  #failure: Error | undefined;
  /** Replaced by `pg`, which puts its time-out around it. */
  callback: OnEnd;

  constructor(configs: readonly pg.QueryConfig[], onEnd: OnEnd) {
    this.callback = onEnd;
    this.#queries = configs.map((config) => {
      const query = new pg.Query(config) as unknown as PgQuery;
      query.callback = (error, answer) => {
        if (error) this.#failure ??= error;
        else this.#answers.push(answer);
      };
      return query;
    });
  }

  /** Of the statement that is being answered: `pg` notes by it what is prepared. */
  get name(): string | undefined {
    return this.#query?.name;
  }

  get text(): string | undefined {
    return this.#query?.text;
  }

  submit = (given: pg.Connection): void => {
    const connection = given as unknown as PgConnection;
    // Ends what travels together only once, behind the last.
    const open: PgConnection = Object.create(connection, { sync: { value: () => undefined } });
    connection.stream.cork();
    try {
      this.#queries.forEach((query, place) =>
        query.prepare(place < this.#queries.length - 1 ? open : connection),
      );
    } finally {
      connection.stream.uncork();
    }
  };

  handleRowDescription(message: unknown): void {
    this.#query?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#query?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: PgConnection): void {
    this.#query?.handleCommandComplete(message, connection);
    this.#at += 1;
  }

  handleEmptyQuery(): void {
    this.#at += 1;
  }

  handleReadyForQuery(connection: PgConnection): void {
    for (const query of this.#queries) query.handleReadyForQuery(connection);
    this.callback(this.#failure ?? null, this.#answers);
  }

  handleError(error: Error, connection: PgConnection): void {
    // The server has not looked at those behind: what they were to prepare is not prepared.
    for (const { name } of this.#queries.slice(this.#at))
      if (name !== undefined) Reflect.deleteProperty(connection.submittedNamedStatements, name);
    this.callback(error, []);
  }

  get #query(): PgQuery | undefined {
    return this.#queries[this.#at];
  }
}

type PgConnection = {
  readonly stream: { cork(): void; uncork(): void };
  readonly submittedNamedStatements: Record<string, string>;
};

type PgQuery = {
  readonly name: string | undefined;
  readonly text: string;
  callback: (error: Error | null, answer: Answer) => void;
  prepare(connection: PgConnection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: PgConnection): void;
  handleReadyForQuery(connection: PgConnection): void;
};
