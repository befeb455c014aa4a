import { createHash } from 'node:crypto';

export const BUCKETS = 1_024;

/**
 * The bucket, 0 to 1023, in which everything about `key` lives. Buckets are mapped to shards by configuration.
 *
 * Permanent: a different answer for an old key would lose its rows. Adding a shard moves buckets, never keys.
 */
export const bucketOf = (key: string): number =>
  createHash('sha256').update(key).digest().readUInt32BE(0) % BUCKETS;
