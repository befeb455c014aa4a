import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SharedCache } from '@saas/cache';
import { describeSharedCacheContract } from '@saas/cache/testing';
import { startRedis, waitUntil, type RunningRedis } from '@saas/local-stack';
import { redisSharedCache } from '@saas/redis';

let redis: RunningRedis;
const opened: SharedCache[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});
afterAll(() => redis.stop());

const entry = (key: string) => ({ key, value: key, ttlMs: 600_000 });

/** A busy machine is slow, not broken. */
const open = async (url = redis.url): Promise<SharedCache> => {
  const cache = redisSharedCache({
    redis: { url },
    prefix: 'test:',
    onFailure: () => undefined,
    commandMs: 5_000,
  });
  opened.push(cache);
  return cache;
};
const answers = (cache: SharedCache) => async () => {
  await cache.write([entry('probe')]);
  return (await cache.read(['probe']))[0] === 'probe';
};

describeSharedCacheContract('redisSharedCache', async () => {
  const cache = await open();
  await waitUntil('Redis to be connected', answers(cache));
  return { cache, elapse: (milliseconds) => delay(milliseconds) };
});

describe('a shared cache in Redis', () => {
  it('is read by every process', async () => {
    const [one, other] = [await open(), await open()];
    await waitUntil('Redis to be connected', answers(one));
    await waitUntil('Redis to be connected', answers(other));
    await one.write([entry('shared')]);
    expect(await other.read(['shared'])).toEqual(['shared']);
  });

  it('knows nothing and loses what is written while Redis is away, and never rejects', async () => {
    const cache = await open('redis://127.0.0.1:1');
    await cache.write([entry('x')]);
    expect(await cache.read(['x', 'y'])).toEqual([undefined, undefined]);
  });
});
