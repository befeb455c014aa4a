import { BUCKETS, bucketOfId, type TenantId } from '@saas/kernel';
import { postgresErrors } from './postgres.errors.ts';

/** Which shard holds which bucket. Every change makes a new version; never derived from the number of shards. */
export type ShardMap = {
  readonly version: number;
  /** Shard names by bucket, 1,024 of them. */
  readonly shardOfBucket: readonly string[];
};

const LINE = /^(\d+):(.+)$/;
const RANGE = /^(\d+)-(\d+)=([a-z0-9-]+)$/;

/**
 * Reads `1:0-511=shard-0,512-1023=shard-1`: the version, then ranges of buckets with their shards.
 *
 * @throws {AppError} `SHARD_MAP_INVALID` unless each bucket is given to exactly one of `shards`.
 */
export const parseShardMap = (text: string, shards: readonly string[]): ShardMap => {
  const [, version = '', ranges = ''] = LINE.exec(text.trim()) ?? [];
  const owners = new Map<number, string>();
  for (const range of ranges.split(',')) {
    const [, from = '', to = '', shard = ''] = RANGE.exec(range.trim()) ?? [];
    if (!shards.includes(shard) || Number(to) >= BUCKETS) throw postgresErrors.SHARD_MAP_INVALID({ range });
    for (let bucket = Number(from); bucket <= Number(to); bucket += 1) {
      if (owners.has(bucket)) throw postgresErrors.SHARD_MAP_INVALID({ range, bucket });
      owners.set(bucket, shard);
    }
  }
  const shardOfBucket = Array.from({ length: BUCKETS }, (_, bucket) => {
    const shard = owners.get(bucket);
    if (shard === undefined) throw postgresErrors.SHARD_MAP_INVALID({ bucket });
    return shard;
  });
  return { version: Number(version), shardOfBucket };
};

/** The text that {@link parseShardMap} reads. */
export const formatShardMap = ({ version, shardOfBucket }: ShardMap): string => {
  const ranges: { from: number; to: number; shard: string }[] = [];
  for (const [bucket, shard] of shardOfBucket.entries()) {
    const last = ranges.at(-1);
    if (last?.shard === shard) last.to = bucket;
    else ranges.push({ from: bucket, to: bucket, shard });
  }
  return `${version}:${ranges.map(({ from, to, shard }) => `${from}-${to}=${shard}`).join(',')}`;
};

/** Version 1, for the first start: equal ranges in the order of the shards. */
export const evenShardMap = (shards: readonly string[]): ShardMap => ({
  version: 1,
  shardOfBucket: Array.from(
    { length: BUCKETS },
    (_, bucket) => shards[Math.floor((bucket * shards.length) / BUCKETS)] ?? '',
  ),
});

/** The shard that holds everything of a tenant. */
export const shardOfTenant = ({ shardOfBucket }: ShardMap, tenantId: TenantId): string =>
  shardOfBucket[bucketOfId(tenantId)] ?? '';
