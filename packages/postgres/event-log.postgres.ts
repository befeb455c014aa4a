import { checkPage, decodeLogged, type EventCodec, type EventLog } from '@saas/event-sourcing';
import { finalPosition } from './append-lock.ts';
import type { RawTx } from './database-node.ts';
import { readLogPage } from './read-log.ts';
import type { ShardedDatabase } from './sharded-database.ts';

type Options<Tx extends RawTx> = {
  readonly database: ShardedDatabase<Tx>;
  readonly codec: EventCodec;
};

/** The log of one service's shards, read on their primaries: a fence is of no use to a replica that lags. */
export const postgresEventLog = <Tx extends RawTx>({ database, codec }: Options<Tx>): EventLog => ({
  shards: () => database.shardNames(),
  fence: (shard) => finalPosition((work) => database.asSystem(shard, work)),
  readAll: async (shard, page) => {
    checkPage(page);
    const stored = await database.asSystem(shard, (tx) => readLogPage(tx, page));
    return decodeLogged(codec, stored);
  },
});
