import { beginAsSystem } from './begin-transaction.ts';
import type { DatabaseNode, RawTx } from './database-node.ts';
import { postgresErrors } from './postgres.errors.ts';
import type { ShardMap } from './shard-map.ts';

/**
 * Refuses a database that would be served wrongly.
 *
 * @throws {AppError} `DATABASE_NOT_MIGRATED`, `DATABASE_ROLE_TOO_POWERFUL` (row-level security would not hold), or
 *   `SHARD_MAP_MISMATCH` (rows would be looked for where they are not).
 */
export const checkShard = async <Tx extends RawTx>(
  primary: DatabaseNode<Tx>,
  shard: string,
  map: ShardMap,
): Promise<void> => {
  const [table] = await primary.probe<{ exists: boolean; owned: boolean }>(IS_MIGRATED);
  if (!table?.exists) throw postgresErrors.DATABASE_NOT_MIGRATED({ shard });

  const [role] = await primary.probe<{ powerful: boolean }>(ROLE);
  if (table.owned || role?.powerful) throw postgresErrors.DATABASE_ROLE_TOO_POWERFUL({ shard });

  const foreign = (await bucketsOf(primary)).find((bucket) => map.shardOfBucket[bucket] !== shard);
  if (foreign === undefined) return;
  throw postgresErrors.SHARD_MAP_MISMATCH({ shard, bucket: foreign, mapVersion: map.version });
};

const IS_MIGRATED = `
  SELECT count(*) > 0 AS "exists", coalesce(bool_or(pg_has_role(tableowner, 'MEMBER')), false) AS owned
  FROM pg_tables WHERE schemaname = 'public' AND tablename = 'events'`;

const ROLE = `SELECT rolsuper OR rolbypassrls AS powerful FROM pg_roles WHERE rolname = current_user`;

/** Hops from bucket to bucket along the index, so that the cost is the number of buckets and not of rows. */
const bucketsOf = <Tx extends RawTx>(primary: DatabaseNode<Tx>): Promise<readonly number[]> =>
  primary.transaction({}, beginAsSystem, async (tx) => {
    const rows = await tx.$queryRaw<{ bucket: number }[]>`
      WITH RECURSIVE held AS (
        (SELECT bucket FROM streams ORDER BY bucket LIMIT 1)
        UNION ALL
        SELECT (SELECT s.bucket FROM streams s WHERE s.bucket > held.bucket ORDER BY s.bucket LIMIT 1)
        FROM held WHERE held.bucket IS NOT NULL
      )
      SELECT bucket FROM held WHERE bucket IS NOT NULL`;
    return rows.map(({ bucket }) => bucket);
  });
