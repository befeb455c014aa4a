import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { PermissionChange } from '@saas/auth';
import { describePermissionChangesContract } from '@saas/auth/testing';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { startRedis, waitUntil, type RunningRedis } from '@saas/local-stack';
import { redisClient, redisPermissionChanges, type RedisPermissionChanges } from '@saas/redis';

let redis: RunningRedis;
const opened: RedisPermissionChanges[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});
afterAll(() => redis.stop());

/** A machine that is busy with other things is slow, not silent. */
const patient = { silenceMsMax: 5_000, settleMs: 50, reconnectMs: 60_000 };
const open = async (
  options: Partial<Parameters<typeof redisPermissionChanges>[0]> = {},
): Promise<RedisPermissionChanges> => {
  const changes = await redisPermissionChanges({
    url: redis.url,
    prefix: 'test:',
    onFailure: () => undefined,
    times: patient,
    ...options,
  });
  opened.push(changes);
  return changes;
};

/** Somebody who listens and is live. */
const witness = async (changes: RedisPermissionChanges) => {
  const heard: (PermissionChange | 'gap')[] = [];
  changes.subscribe({ onChange: (change) => heard.push(change), onGap: () => heard.push('gap') });
  await waitUntil('it to be live', () => changes.isLive());
  return {
    heard,
    /** What was heard since the last time. */
    since: () => heard.splice(0),
  };
};

const change = (): PermissionChange => ({
  tenantId: newTenantId(systemClock),
  userIds: [newId('usr', 7, systemClock)],
});

describePermissionChangesContract('redisPermissionChanges', async (onFailure) => ({
  one: await open({ onFailure }),
  other: await open({ onFailure }),
}));

describe('a listener', () => {
  it('is told once that it may have missed something, before it is live for the first time', async () => {
    const changes = await open();
    const states: boolean[] = [];
    changes.subscribe({ onChange: () => undefined, onGap: () => states.push(changes.isLive()) });
    expect(changes.isLive()).toBe(false);
    await waitUntil('it to be live', () => changes.isLive());
    expect(states).toEqual([false]);
  });

  it('hears nothing of another prefix', async () => {
    const { heard, since } = await witness(await open());
    since();
    const mine = change();
    await (await open({ prefix: 'other:' })).publish(change());
    await (await open()).publish(mine);
    await waitUntil('the change to be heard', () => heard.length > 0);
    expect(heard).toEqual([mine]);
  });

  it('takes what it cannot read for a change of everything', async () => {
    const { heard, since } = await witness(await open());
    since();
    const client = redisClient({ url: redis.url, onFailure: () => undefined });
    await waitUntil('the client to be connected', () => client.status === 'ready');
    await client.publish('test:permission-changes', '{"tenantId":"ten_of_tomorrow"}');
    client.disconnect();
    await waitUntil('it to be heard', () => heard.length > 0);
    expect(heard).toEqual(['gap']);
  });

  it('notices that its connection was lost, and takes that for a gap before it is live again', async () => {
    const changes = await open();
    const { heard, since } = await witness(changes);
    since();
    const client = redisClient({ url: redis.url, onFailure: () => undefined });
    await waitUntil('the client to be connected', () => client.status === 'ready');
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    client.disconnect();
    await waitUntil('it to have noticed', () => !changes.isLive());
    await waitUntil('it to be live again', () => changes.isLive());
    expect(heard).toEqual(['gap']);
  });

  it('is live only after beats have come unbroken for a while', async () => {
    const changes = await open({ times: { ...patient, settleMs: 600_000 } });
    const { length } = await heartbeats(2);
    expect(length).toBeGreaterThanOrEqual(2);
    expect(changes.isLive()).toBe(false);
  });
});

/** Waits for so many beats, of whoever sends them. */
const heartbeats = async (count: number): Promise<readonly string[]> => {
  (await open()).subscribe({ onChange: () => undefined, onGap: () => undefined });
  const client = redisClient({ url: redis.url, onFailure: () => undefined });
  const seen: string[] = [];
  client.on('pmessage', (_pattern, channel: string) => seen.push(channel));
  await waitUntil('the client to be connected', () => client.status === 'ready');
  await client.psubscribe('*beat:*');
  await waitUntil('beats', () => seen.length >= count);
  client.disconnect();
  return seen;
};

describe('while Redis is away', () => {
  it('nobody is live; what was published then is told when it is back, and is a gap besides', async () => {
    const [teller, hearer] = [await open(), await open()];
    const { heard, since } = await witness(hearer);
    since();
    await redis.kill();
    const during = change();
    expect(await teller.publish(during)).toBe(false);
    expect(teller.isAllTold()).toBe(false);
    await waitUntil('it to have noticed', () => !hearer.isLive());
    await redis.restart();
    await waitUntil('it to be live again', () => hearer.isLive());
    await waitUntil('everything to be told', () => teller.isAllTold());
    expect(heard).toContain('gap');
  });

  it('may begin, and recovers', async () => {
    await redis.kill();
    const changes = await open();
    changes.subscribe({ onChange: () => undefined, onGap: () => undefined });
    expect(changes.isLive()).toBe(false);
    expect(await changes.publish(change())).toBe(false);
    await redis.restart();
    await waitUntil('it to be live', () => changes.isLive());
    await waitUntil('everything to be told', () => changes.isAllTold());
  });
});

describe('while Redis hangs', () => {
  it('nobody is live after a silence; publishing ends in time, and is made up for', async () => {
    const times = { ...patient, silenceMsMax: 1_500 };
    const [teller, hearer] = [await open(), await open({ times })];
    const { heard, since } = await witness(hearer);
    since();
    const during = change();
    await redis.kill('SIGSTOP');
    try {
      expect(await teller.publish(during)).toBe(false);
      await waitUntil('it to have noticed', () => !hearer.isLive());
    } finally {
      await redis.kill('SIGCONT');
    }
    await waitUntil('it to be told', () => heard.some((each) => each !== 'gap'));
    await waitUntil('it to be live again', () => hearer.isLive());
    expect(heard.filter((each) => each !== 'gap')).toContainEqual(during);
    expect(heard).toContain('gap');
  });

  it('makes its connections anew when the silence lasts', async () => {
    const hearer = await open({ times: { ...patient, silenceMsMax: 500, reconnectMs: 600 } });
    await witness(hearer);
    const before = await listeningConnections();
    await redis.kill('SIGSTOP');
    const endsAtMs = performance.now() + 1_500;
    await waitUntil('the silence to last', () => performance.now() > endsAtMs);
    await redis.kill('SIGCONT');
    await waitUntil('it to be live again', () => hearer.isLive());
    await waitUntil('other connections to listen', async () => {
      const now = await listeningConnections();
      return now.length > 0 && now.every((id) => !before.includes(id));
    });
  });
});

/** The ids of the connections that have subscribed. */
const listeningConnections = async (): Promise<readonly string[]> => {
  const client = redisClient({ url: redis.url, onFailure: () => undefined });
  await waitUntil('the client to be connected', () => client.status === 'ready');
  const list = String(await client.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
  client.disconnect();
  return [...list.matchAll(/^id=(\d+)/gm)].map(([, id = '']) => id);
};
