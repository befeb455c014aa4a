import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis, waitUntil, type RunningRedis } from '@saas/local-stack';
import { redisBreakerHints, redisClient, type RedisBreakerHints } from '@saas/redis';
import type { BreakerHint } from '@saas/resilience';
import { describeBreakerHintsContract } from '@saas/resilience/testing';

let redis: RunningRedis;
let prefixes = 0;
const opened: RedisBreakerHints[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});
afterAll(() => redis.stop());

let failures = 0;
const open = async (prefix: string): Promise<RedisBreakerHints> => {
  const hints = await redisBreakerHints({ url: redis.url, prefix, onFailure: () => (failures += 1) });
  opened.push(hints);
  return hints;
};
/** Two that hear each other. */
const openTwo = async (): Promise<readonly [RedisBreakerHints, RedisBreakerHints, string]> => {
  const prefix = `test-${(prefixes += 1)}:`;
  const [one, other] = [await open(prefix), await open(prefix)];
  await waitUntil('both to listen', () => one.isListening() && other.isListening());
  return [one, other, prefix];
};
const hint: BreakerHint = { circuit: 'projects:query', change: 'opened' };
const heardBy = (hints: RedisBreakerHints): BreakerHint[] => {
  const heard: BreakerHint[] = [];
  hints.listen((each) => heard.push(each));
  return heard;
};

describeBreakerHintsContract('redisBreakerHints', async () => {
  const [one, other] = await openTwo();
  return { one, other, until: async (isSo) => void (await waitUntil('hints', isSo)) };
});

it('tells nobody of another system', async () => {
  const [one, other] = await openTwo();
  const [stranger] = await openTwo();
  const [heard, overheard] = [heardBy(other), heardBy(stranger)];
  one.publish(hint);
  await waitUntil('the hint', () => heard.length > 0);
  expect(overheard).toEqual([]);
});

it('takes no notice of what is no hint', async () => {
  const [one, other, prefix] = await openTwo();
  const heard = heardBy(other);
  const client = redisClient({ url: redis.url, onFailure: () => undefined });
  await waitUntil('the client', () => client.status === 'ready');
  const from = 'somebody';
  const texts = [
    '',
    '{',
    'null',
    '[]',
    '{"from":1}',
    JSON.stringify({ from, circuit: 'x', change: 'burnt' }),
  ];
  for (const text of [...texts, JSON.stringify({ from, ...hint, circuit: 'x'.repeat(2_000) })])
    await client.publish(`${prefix}breaker-hints`, text);
  client.disconnect();
  one.publish(hint);
  await waitUntil('the hint', () => heard.length > 0);
  expect(heard).toEqual([hint]);
});

describe('while Redis is away', () => {
  it('loses hints at once and keeps nobody waiting, and tells again when it is back', async () => {
    const [one, other] = await openTwo();
    const heard = heardBy(other);
    failures = 0;
    await redis.kill();
    await waitUntil('its loss to be noticed', () => !one.isListening() && !other.isListening());
    for (let each = 0; each < 1_000; each += 1) one.publish(hint);
    await redis.restart();
    await waitUntil('both to listen', () => one.isListening() && other.isListening());
    expect(heard).toEqual([]);
    // Told once by each of the two, however often they tried to come back.
    expect(failures).toBe(2);
    await waitUntil('a hint', () => {
      one.publish(hint);
      return heard.length > 0;
    });
  });

  it('may begin', async () => {
    await redis.kill();
    const one = await open('early:');
    one.publish(hint);
    expect(one.isListening()).toBe(false);
    await redis.restart();
    await waitUntil('it to listen', () => one.isListening());
  });
});

it('keeps nobody waiting and nothing for later while Redis hangs', async () => {
  const [one, other] = await openTwo();
  const heard = heardBy(other);
  await redis.kill('SIGSTOP');
  for (let each = 0; each < 1_000; each += 1) one.publish(hint);
  await redis.kill('SIGCONT');
  await waitUntil('a hint', () => heard.length > 0);
  expect(heard.length).toBeLessThanOrEqual(32);
});
