import type { RawTx } from '../database-node.ts';
import type { ShardedDatabase } from '../sharded-database.ts';
import type { EventLog } from '@saas/event-sourcing';
import { identityOf, type ReadModel, type ReadModels } from './read-model.ts';
import { registerReadModels } from './register-read-models.ts';
import { RUNNER_LOCK } from './stand-still.ts';

/** Events per transaction: short enough that a switch of the tables never waits long. */
const BATCH_MAX = 500;

type Options<Tx extends RawTx> = {
  readonly database: Pick<ShardedDatabase<Tx>, 'asSystem'>;
  readonly log: EventLog;
  readonly shard: string;
  readonly readModels: ReadModels<Tx>;
  /** How long to wait, in milliseconds, when there was nothing to do and nobody woke us. */
  readonly idleMs: number;
  /** A batch failed; it is tried again after `idleMs`. */
  readonly onError: (error: unknown, name: string) => void;
};

export type ProjectionRunner = {
  /** Says that there are new events; never blocks. */
  wake(): void;
  /** Finishes the batch in hand, then ends. */
  stop(): Promise<void>;
};

/**
 * Keeps one shard's asynchronous read models up to date until it is stopped: every event once, in the order in which
 * transactions have committed, its rows and the checkpoint in one transaction. Of several processes one at a time does
 * it. A read model that fails does not hold up the others.
 */
export const startProjectionRunner = <Tx extends RawTx>(options: Options<Tx>): ProjectionRunner => {
  const { idleMs, onError } = options;
  const models = options.readModels.asynchronous;
  const stopping = new AbortController();
  let isAwake = false;
  let wakeUp = (): void => undefined;

  const idle = async (): Promise<void> => {
    if (isAwake || stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, idleMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      isAwake = false;
      let hasMore = false;
      for (const model of models) {
        const isMore = await advance(options, model).catch((error: unknown) => {
          onError(error, model.name);
          return false;
        });
        hasMore ||= isMore;
      }
      if (!hasMore) await idle();
    }
  };
  const running = run();

  return {
    wake() {
      isAwake = true;
      wakeUp();
    },
    async stop() {
      stopping.abort();
      wakeUp();
      await running;
    },
  };
};

/** Applies the next batch. Answers whether there is more to do at once. */
const advance = async <Tx extends RawTx>(
  { database, log, shard, readModels }: Options<Tx>,
  model: ReadModel<Tx>,
): Promise<boolean> => {
  const { name } = identityOf(model);
  const from = await database.asSystem(shard, (tx) => checkpointOf(tx, name));
  if (from === null) {
    // The shard was away when the service started.
    await database.asSystem(shard, (tx) => registerReadModels(tx, readModels));
    return true;
  }
  const upTo = await log.fence(shard);
  if (upTo <= from) return false;
  const page = await log.readAll(shard, { after: from, upTo, limit: BATCH_MAX });
  const to = page.length < BATCH_MAX ? upTo : (page.at(-1)?.position ?? upTo);
  return database.asSystem(shard, async (tx) => {
    // Whoever holds it for longer is about to switch the tables.
    const [lock] = await tx.$queryRaw<{ locked: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${RUNNER_LOCK}::int, hashtext(${name})) AS locked`;
    if (!lock?.locked) return false;
    const moved = await tx.$executeRaw`
      UPDATE projections SET position = ${to}::bigint, events = events + ${page.length}, updated_at = now()
      WHERE name = ${name} AND role = 'running' AND position = ${from}::bigint`;
    // Another process was faster.
    if (moved !== 1) return true;
    if (page.length > 0) await model.apply(page, tx);
    return to < upTo;
  });
};

const checkpointOf = async (tx: RawTx, name: string): Promise<number | null> => {
  const [row] = await tx.$queryRaw<{ position: number | null }[]>`
    SELECT position::float8 AS position FROM projections WHERE name = ${name} AND role = 'running'`;
  return row?.position ?? null;
};
