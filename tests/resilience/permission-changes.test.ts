import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { startRedis, waitUntil, type RunningRedis } from '@saas/local-stack';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import type { Person } from '../support/tenants.ts';
import { newProject } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(240_000);
const PATIENTLY = { timeoutMs: 90_000, intervalMs: 100 };

let redis: RunningRedis;
let system: SystemUnderTest;
let owner: Person;
let id: string;
beforeAll(async () => {
  redis = await startRedis();
  system = await startSystem({ REDIS_URL: redis.url });
  owner = await waitUntil('a tenant', () => system.registerTenant().catch(() => undefined), PATIENTLY);
  id = await newProject(system.graphql, owner);
});
afterAll(async () => {
  await system.stop();
  await redis.stop();
});

const seen = async (): Promise<unknown> => {
  const query = 'query ($id: ID!) { project(id: $id) { name } }';
  const { data } = await system.graphql(query, { id }, owner);
  return data['project']?.['name'] ?? null;
};
const gauge = async (name: string): Promise<number> => {
  const page = await (await fetch(new URL('/metrics', system.origin))).text();
  return Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(page)?.[1] ?? 0);
};
const isLive = async () => (await gauge('permission_feed_live')) === 1;
const statusOfFeed = async (): Promise<string | undefined> => {
  const health = (await (await fetch(new URL('/health', system.origin))).json()) as {
    readonly checks: Readonly<Record<string, { readonly status: string }>>;
  };
  return health.checks['permission changes']?.status;
};

it('shows nobody what was kept for them while changes of rights may be missed, nor afterwards', async () => {
  await waitUntil(
    'an answer to be kept',
    async () => {
      expect(await seen()).toBe('Apollo');
      return (await gauge('gateway_fallback_entries')) > 0 && isLive();
    },
    PATIENTLY,
  );
  await redis.kill();
  await waitUntil('the feed to be known dead', async () => !(await isLive()), PATIENTLY);
  await waitUntil('health to say so', async () => (await statusOfFeed()) === 'degraded', PATIENTLY);
  await system.projects.stop();
  expect(await gauge('gateway_fallback_entries')).toBeGreaterThan(0);
  expect(await seen()).toBeNull();
  await redis.restart();
  await waitUntil('the feed to be live again', isLive, PATIENTLY);
  expect(await seen()).toBeNull();
  expect(await gauge('gateway_fallback_entries')).toBe(0);
});
