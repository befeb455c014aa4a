import type { SharedCache } from '@saas/cache';
import type { Redis } from 'ioredis';
import { redisClient } from './redis-client.ts';

export type RedisSharedCacheOptions = {
  /** A URL, for a connection of its own, or a client made by `redisClient`, which stays the caller's to end. */
  readonly redis: { readonly url: string } | { readonly client: Redis };
  /** Goes before every key, for example `supergraph:`. */
  readonly prefix: string;
  /** Told about every failure to ask or tell Redis. Must not throw. */
  readonly onFailure: (error: unknown) => void;
  /** How long one question may take, in milliseconds. */
  readonly commandMs?: number;
};

const COMMAND_MS = 50;
/** After a failure Redis is left alone for this long: nobody waits for a Redis that hangs. */
const PAUSE_MS = 1_000;

/** Texts in Redis. While it cannot be asked nothing is known there, and what is written is lost. */
export const redisSharedCache = ({
  redis,
  prefix,
  onFailure,
  commandMs = COMMAND_MS,
}: RedisSharedCacheOptions): SharedCache => {
  const client = 'client' in redis ? redis.client : redisClient({ url: redis.url, commandMs, onFailure });
  let pausedUntilMs = 0;

  /** Undefined when Redis cannot be asked. */
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (client.status !== 'ready' || performance.now() < pausedUntilMs) return undefined;
    try {
      return await question();
    } catch (error) {
      pausedUntilMs = performance.now() + PAUSE_MS;
      onFailure(error);
      return undefined;
    }
  };
  return {
    read: async (keys) => {
      if (keys.length === 0) return [];
      const found = await ask(() => client.mget(keys.map((key) => prefix + key)));
      return keys.map((_, index) => found?.[index] ?? undefined);
    },
    write: async (entries) => {
      if (entries.length === 0) return;
      await ask(async () => {
        const pipeline = client.pipeline();
        for (const { key, value, ttlMs } of entries)
          pipeline.set(prefix + key, value, 'PX', Math.max(1, Math.ceil(ttlMs)));
        const answers = (await pipeline.exec()) ?? [];
        const failed = answers.find(([error]) => error !== null);
        if (failed !== undefined) throw failed[0];
      });
    },
    close: async () => {
      if ('url' in redis) client.disconnect();
    },
  };
};
