import type { RawTx } from '../database-node.ts';
import type { ShardedDatabase } from '../sharded-database.ts';
import type { EventLog } from '@saas/event-sourcing';
import { startProjectionRunner, type ProjectionRunner } from './projection-runner.ts';
import type { ReadModels } from './read-model.ts';
import { registerReadModels } from './register-read-models.ts';

type Options<Tx extends RawTx> = {
  readonly database: ShardedDatabase<Tx>;
  readonly log: EventLog;
  readonly readModels: ReadModels<Tx>;
  /** How long a runner sleeps when nobody wakes it, milliseconds. */
  readonly idleMs: number;
  readonly onError: (error: unknown, what: string) => void;
};

export type KeptReadModels = {
  /** Says that a shard has new events; never blocks. */
  wake(shard: string): void;
  /** Finishes the batches in hand, then ends. */
  stop(): Promise<void>;
};

/**
 * Notes which read models there are, and keeps the asynchronous ones up to date on every shard. A shard
 * that is away now is taken up when it is back.
 */
export const keepReadModels = async <Tx extends RawTx>(options: Options<Tx>): Promise<KeptReadModels> => {
  const { database, log, readModels, idleMs, onError } = options;
  const runners = new Map<string, ProjectionRunner>();
  for (const shard of database.shardNames()) {
    await database
      .asSystem(shard, (tx) => registerReadModels(tx, readModels))
      .catch((error: unknown) => onError(error, `noting the read models of ${shard}`));
    if (readModels.asynchronous.length === 0) continue;
    const runner = startProjectionRunner({
      database,
      log,
      shard,
      readModels,
      idleMs,
      onError: (error, name) => onError(error, `the read model ${name} of ${shard}`),
    });
    runners.set(shard, runner);
  }
  return {
    wake: (shard) => runners.get(shard)?.wake(),
    stop: async () => {
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
};
