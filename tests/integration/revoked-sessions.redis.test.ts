import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { describeRevokedSessionsContract } from '@saas/auth/testing';
import { newId, systemClock, type SessionId } from '@saas/kernel';
import { startRedis, waitUntil, type RunningRedis } from '@saas/local-stack';
import { redisClient, redisRevokedSessions, type RedisRevokedSessions } from '@saas/redis';

let redis: RunningRedis;
const opened: RedisRevokedSessions[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});
afterAll(() => redis.stop());

let failures = 0;
const onFailure = (): void => {
  failures += 1;
};
const open = async (prefix = 'test:'): Promise<RedisRevokedSessions> => {
  const revokedSessions = await redisRevokedSessions({ redis: { url: redis.url }, prefix, onFailure });
  opened.push(revokedSessions);
  return revokedSessions;
};
const newSession = (): SessionId => newId('ses', 7, systemClock);
const nowMs = (): number => systemClock.now().getTime();
const soon = (): number => nowMs() + 600_000;
const isUp = (revokedSessions: RedisRevokedSessions) => async () => {
  await revokedSessions.isRevoked(newSession());
  return revokedSessions.status() === 'up';
};

describeRevokedSessionsContract('redisRevokedSessions', async () => ({
  revokedSessions: await open(),
  nowMs,
  elapse: async (milliseconds) => {
    const end = nowMs() + milliseconds;
    await waitUntil('time to pass', () => nowMs() >= end);
  },
}));

describe('a revocation', () => {
  it('is seen by every process', async () => {
    const [one, other] = [await open(), await open()];
    const sessionId = newSession();
    await one.revoke(sessionId, soon());
    expect(await other.isRevoked(sessionId)).toBe(true);
  });

  it('is seen by others until its own end, also when it was extended', async () => {
    const [one, other] = [await open(), await open()];
    const [brief, extended] = [newSession(), newSession()];
    await one.revoke(brief, nowMs() + 30);
    await one.revoke(extended, nowMs() + 30);
    await other.revoke(extended, soon());
    await other.revoke(extended, nowMs() + 20);
    const third = await open();
    await waitUntil('the brief one to end', async () => !(await third.isRevoked(brief)));
    expect(await third.isRevoked(extended)).toBe(true);
  });

  it('stays within its prefix', async () => {
    const sessionId = newSession();
    await (await open('one:')).revoke(sessionId, soon());
    expect(await (await open('other:')).isRevoked(sessionId)).toBe(false);
  });
});

describe('while Redis is away', () => {
  it('answers from what it revoked and has seen, and says that it is degraded', async () => {
    const [one, other] = [await open(), await open()];
    const [seen, unseen, own] = [newSession(), newSession(), newSession()];
    await one.revoke(seen, soon());
    await one.revoke(unseen, soon());
    await other.isRevoked(seen);
    failures = 0;
    await redis.kill();
    await other.revoke(own, soon());
    expect(await Promise.all([seen, own, unseen].map((id) => other.isRevoked(id)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(other.status()).toBe('degraded');
    expect(failures).toBeGreaterThan(0);
    await redis.restart();
  });

  it('remembers for Redis, which comes back empty', async () => {
    const one = await open();
    const [before, during] = [newSession(), newSession()];
    await one.revoke(before, soon());
    await redis.kill();
    await one.revoke(during, soon());
    await redis.restart();
    const other = await open();
    await waitUntil(
      'Redis to be told',
      async () => (await other.isRevoked(before)) && other.isRevoked(during),
    );
    await waitUntil('it to be up', isUp(one));
  });

  it('may begin, and recovers', async () => {
    await redis.kill();
    const one = await open();
    expect(one.status()).toBe('degraded');
    expect(await one.isRevoked(newSession())).toBe(false);
    await redis.restart();
    await waitUntil('it to be up', isUp(one));
  });
});

describe('while Redis hangs', () => {
  it('answers all the same, and tells it afterwards what it missed', async () => {
    const one = await open();
    const own = newSession();
    await redis.kill('SIGSTOP');
    await one.revoke(newSession(), soon());
    await one.revoke(own, soon());
    expect(await one.isRevoked(own)).toBe(true);
    expect(await one.isRevoked(newSession())).toBe(false);
    expect(one.status()).toBe('degraded');
    await redis.kill('SIGCONT');
    const other = await open();
    await waitUntil('Redis to be told', () => other.isRevoked(own));
    await waitUntil('it to be up', isUp(one));
  });
});

it('leaves a client that it was lent connected', async () => {
  const client = redisClient({ url: redis.url, onFailure });
  const revokedSessions = await redisRevokedSessions({ redis: { client }, prefix: 'lent:', onFailure });
  await revokedSessions.close();
  expect(await client.ping()).toBe('PONG');
  client.disconnect();
});
