import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Client, RawTx } from '../database-node.ts';
import { readLogPage } from '../read-log.ts';
import { decodeLogged, type EventCodec, type EventLog } from '@saas/event-sourcing';

/** A transaction in which a read model is built; see {@link Workshop.transaction}. */
export type Transact<Tx> = <Result>(work: (tx: Tx) => Promise<Result>) => Promise<Result>;

/** Where the read models of one service are built again on one shard, as the owner of the tables. */
export type Workshop<Tx> = {
  readonly shard: string;
  readonly log: Pick<EventLog, 'fence' | 'readAll'>;
  /** For tables, locks and notes. Sees every tenant's rows. */
  readonly session: pg.Client;
  /** Another session like it; whoever opens it ends it. */
  openSession(): Promise<pg.Client>;
  /** Transactions that see the tables of one schema and no others, and every tenant's rows in them. */
  transactionsIn(schema: string): { readonly transact: Transact<Tx>; readonly close: () => Promise<void> };
  close(): Promise<void>;
};

type Options<Tx> = {
  readonly shard: string;
  /** As the owner of the tables. */
  readonly ownerUrl: string;
  /** Says how far the log is final. */
  readonly log: Pick<EventLog, 'fence'>;
  readonly codec: EventCodec;
  readonly createClient: (adapter: PrismaPg) => Client<Tx>;
};

/** The longest that one batch may take, milliseconds. */
const BATCH_MS_MAX = 120_000;

/**
 * Opens the workshop of a shard.
 *
 * @throws {Error} the driver's own, when the database cannot be reached.
 */
export const openWorkshop = async <Tx extends RawTx>(options: Options<Tx>): Promise<Workshop<Tx>> => {
  const { shard, ownerUrl, codec, createClient } = options;
  const openSession = async () => {
    const session = new pg.Client({
      connectionString: ownerUrl,
      application_name: 'projections',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    session.on('error', () => undefined);
    await session.connect();
    await session.query(`SELECT set_config('app.scope', 'system', false)`);
    return session;
  };
  const session = await openSession();
  const reader = await openSession();
  return {
    shard,
    log: {
      fence: (name) => options.log.fence(name),
      // Past Prisma, which would take twice as long for the same rows.
      readAll: async (_, page) => decodeLogged(codec, await readLogPage(rawTx(reader), page)),
    },
    session,
    openSession,
    transactionsIn: (schema) => {
      const pool = new pg.Pool({
        connectionString: ownerUrl,
        application_name: 'projections',
        connectionTimeoutMillis: 10_000,
        max: 1,
      });
      pool.on('error', () => undefined);
      const client = createClient(new PrismaPg(pool, { schema, statementNameGenerator: () => '' }));
      return {
        transact: (work) =>
          client.$transaction(
            async (tx) => {
              // A crash may lose the last batches with their checkpoints: they are replayed then, so nobody need wait
              // for the disk.
              await tx.$executeRaw`SELECT set_config('app.scope', 'system', true),
                set_config('search_path', ${schema}, true), set_config('synchronous_commit', 'off', true)`;
              return work(tx);
            },
            { maxWait: 10_000, timeout: BATCH_MS_MAX },
          ),
        close: async () => {
          await client.$disconnect();
          await pool.end();
        },
      };
    },
    close: async () => {
      await Promise.all([session.end(), reader.end()]);
    },
  };
};

/** A session as the raw part of a transaction, each statement being one by itself. */
const rawTx = (session: pg.Client): RawTx => {
  const run = (parts: TemplateStringsArray, values: unknown[]) =>
    session.query(
      parts.reduce((text, part, index) => `${text}$${index}${part}`),
      values,
    );
  return {
    $queryRaw: async <Result>(parts: TemplateStringsArray, ...values: unknown[]) =>
      (await run(parts, values)).rows as Result,
    $executeRaw: async (parts, ...values) => (await run(parts, values)).rowCount ?? 0,
  };
};

/** Everything that `work` asks of the session is committed, or nothing is. */
export const inTransaction = async <Result>(
  session: pg.Client,
  work: () => Promise<Result>,
): Promise<Result> => {
  await session.query('BEGIN');
  try {
    const result = await work();
    await session.query('COMMIT');
    return result;
  } catch (error) {
    // When the connection is gone, so is the transaction.
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};
