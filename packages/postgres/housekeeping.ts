import type { RawTx } from './database-node.ts';
import type { ShardedDatabase } from './sharded-database.ts';

const ROWS_MAX = 5_000;

/**
 * Deletes what nobody needs any more: claims after 24 hours, sent messages after 1 hour, receipts after 7 days; at most
 * {@link ROWS_MAX} rows of each per shard and call, so that it never holds the tables up.
 *
 * @returns how many rows went.
 */
export const keepHouse = async <Tx extends RawTx>(database: ShardedDatabase<Tx>): Promise<number> => {
  const counts = await database.eachShard(async (tx) => {
    const claims = await tx.$executeRaw`
      DELETE FROM claims WHERE ctid IN (
        SELECT ctid FROM claims WHERE created_at < now() - interval '24 hours' LIMIT ${ROWS_MAX})`;
    const messages = await tx.$executeRaw`
      DELETE FROM outbox WHERE ctid IN (
        SELECT ctid FROM outbox WHERE sent_at < now() - interval '1 hour' LIMIT ${ROWS_MAX})`;
    const receipts = await tx.$executeRaw`
      DELETE FROM inbox WHERE ctid IN (
        SELECT ctid FROM inbox WHERE received_at < now() - interval '7 days' LIMIT ${ROWS_MAX})`;
    return claims + messages + receipts;
  });
  return counts.reduce((total, count) => total + count, 0);
};
