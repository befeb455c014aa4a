import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bucketOfId } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import { textOf, type Caller } from '../support/graphql-client.ts';
import { startOwnServers } from '../support/own-servers.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { accepted, LOGIN, PASSWORD, type Person } from '../support/tenants.ts';
import { mutation, newProject } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(120_000);

type Part = { readonly name: string; readonly status: string };
type Page = {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly parts?: readonly Part[] }>>;
  readonly missing?: readonly string[];
};
const SERVICES = ['notifications', 'projects', 'users'] as const;

let servers: Awaited<ReturnType<typeof startOwnServers>>;
let system: SystemUnderTest;
/** The owners of a tenant on each of the two shards. */
let near: Person;
let far: Person;
// However far behind, a replica is read from by whoever does not ask for more: so that its being behind can be seen.
const patientOfReplicas = {
  USERS_REPLICA_LAG_MS_MAX: '3600000',
  PROJECTS_REPLICA_LAG_MS_MAX: '3600000',
  NOTIFICATIONS_REPLICA_LAG_MS_MAX: '3600000',
};
beforeAll(async () => {
  servers = await startOwnServers();
  system = await startSystem(patientOfReplicas, servers.databases);
  near = await founderOn(0);
  far = await founderOn(1);
});
afterAll(async () => {
  await system.stop();
  await servers.stop();
});

const founderOn = (shard: number): Promise<Person> =>
  waitUntil(`a tenant on shard ${shard}`, async () => {
    const person = await system.registerTenant();
    return Math.floor(bucketOfId(person.tenantId) / 512) === shard && person;
  });

const page = async (origin: string, path: string) => {
  const response = await fetch(new URL(path, origin));
  return { code: response.status, ...((await response.json()) as Page) };
};
const gatewayHealth = () => page(system.origin, '/health');
const healthIs = (what: string, is: (found: Awaited<ReturnType<typeof gatewayHealth>>) => boolean) =>
  waitUntil(
    what,
    async () => {
      const found = await gatewayHealth();
      return is(found) && found;
    },
    { timeoutMs: 60_000, intervalMs: 100 },
  );
const allUp = () => healthIs('all to be well', ({ status }) => status === 'up');
const badParts = ({ checks }: Page) =>
  Object.entries(checks).flatMap(([service, { parts = [] }]) =>
    parts.filter(({ status }) => status !== 'up').map(({ name }) => `${service} ${name}`),
  );

/** Nothing of where we run, what we run on, or what our code looks like. */
const discreet = (text: string): string => {
  expect(text).not.toMatch(
    /127\.0\.0\.1|localhost|:\d{4,5}\b|postgres|prisma|ECONN|EPIPE|node_modules|\.[tj]s:\d|shard-\d|\bSELECT\b|\bINSERT\b/i,
  );
  return text;
};
const READ = '{ me { name } projects(first: 1) { nodes { name } } unreadNotificationCount }';
const create = async (person: Person) => {
  const answer = await system.graphql(mutation('createProject'), { input: { name: 'Apollo' } }, person);
  discreet(answer.text);
  return answer;
};
const codesOf = (text: string): readonly string[] =>
  [...text.matchAll(/"code":"(\w+)"/g)].map(([, code = '']) => code);

describe('everything is well', () => {
  it('at every door', async () => {
    await allUp();
    for (const origin of [system.url, system.users.url, system.projects.url, system.notifications.url]) {
      expect(await page(origin, '/health/live')).toEqual({ code: 200, status: 'up' });
      expect(await page(origin, '/health/ready')).toMatchObject({ code: 200, status: 'up', missing: [] });
      expect(await page(origin, '/health')).toMatchObject({ code: 200, status: 'up' });
    }
    const { checks } = await gatewayHealth();
    const nodes = ['shard-0-primary', 'shard-0-replica-0', 'shard-1-primary', 'shard-1-replica-0'];
    for (const service of SERVICES) {
      const own = service === 'notifications' ? ['deliveries-shard-0', 'deliveries-shard-1'] : [];
      expect(checks[service]?.parts?.map(({ name }) => name)).toEqual([...nodes, ...own]);
    }
  });
});

describe('a replica that is behind', () => {
  const PROJECT = 'query ($id: ID!) { project(id: $id) { name version owner { name } } me { name } }';

  it('keeps nobody from reading their own writes, with the token or by the session alone', async () => {
    const projectId = await newProject(system.graphql, near, { name: 'Before' });
    const elsewhere = await system.signIn(near.email);
    const nameSeenBy = async (caller: Caller) =>
      textOf((await system.graphql(PROJECT, { id: projectId }, caller)).data['project']?.['name']);
    await waitUntil('the replica to have it', async () => (await nameSeenBy(elsewhere)) === 'Before');
    await servers.postgres.pauseReplay('shard-0-replica-0');
    const input = { projectId, name: 'After' };
    const renamed = await system.graphql(mutation('renameProject'), { input }, near);
    accepted(renamed, 'renameProject');
    const token = renamed.headers.get('consistency-token') ?? 'none was given';
    // That the replica is really read from shows in what those see who did not write.
    expect(await nameSeenBy({ token: elsewhere.token })).toBe('Before');
    expect(await nameSeenBy({ token: near.token })).toBe('After');
    expect(await nameSeenBy({ token: elsewhere.token, headers: { 'consistency-token': token } })).toBe(
      'After',
    );
    await servers.postgres.resumeReplay('shard-0-replica-0');
    await waitUntil(
      'the replica to catch up',
      async () => (await nameSeenBy({ token: elsewhere.token })) === 'After',
    );
  });
});

describe('a replica that has died', () => {
  it('is named by every door, and nobody misses it', async () => {
    await servers.postgres.kill('shard-0-replica-0');
    const found = await healthIs('the replica to be missed', (health) => badParts(health).length === 3);
    expect(badParts(found).sort()).toEqual(SERVICES.map((service) => `${service} shard-0-replica-0`));
    expect(found).toMatchObject({ code: 200, status: 'degraded' });
    expect(await page(system.projects.url, '/health')).toMatchObject({ code: 200, status: 'degraded' });
    expect(await page(system.origin, '/health/ready')).toMatchObject({ code: 200, status: 'up' });
    for (let turn = 0; turn < 10; turn += 1) {
      const projectId = await newProject(system.graphql, near);
      const { data, errors } = await system.graphql(
        'query ($id: ID!) { project(id: $id) { id owner { id } } }',
        { id: projectId },
        near,
      );
      expect({ data, errors }).toEqual({
        data: { project: { id: projectId, owner: { id: near.id } } },
        errors: [],
      });
    }
    await servers.postgres.restart('shard-0-replica-0');
    await allUp();
  });
});

describe('a primary that has died', () => {
  it('keeps its tenants from writing, but neither from reading nor anybody else from anything', async () => {
    await newProject(system.graphql, far);
    await servers.postgres.kill('shard-1-primary');
    const refused = await create(far);
    expect(codesOf(refused.text)).toEqual(['DATABASE_UNAVAILABLE']);
    expect(refused.text).toContain('"retryable":true');
    const found = await healthIs('the primary to be missed', (health) =>
      badParts(health).some((part) => part.includes('shard-1-primary')),
    );
    expect(found.code).toBe(200);
    const { data, errors } = await system.graphql(READ, {}, far);
    expect({ errors, data }).toEqual({
      errors: [],
      data: {
        me: { name: 'Ada Lovelace' },
        projects: { nodes: [{ name: 'Apollo' }] },
        unreadNotificationCount: 0,
      },
    });
    accepted(await create(near), 'createProject');
    const login = await system.graphql(LOGIN, { email: far.email, password: PASSWORD });
    expect(codesOf(discreet(login.text))).toEqual(['DATABASE_UNAVAILABLE']);
  });

  it('takes its tenants’ reads along when the replica dies too, in words that tell nothing', async () => {
    await servers.postgres.kill('shard-1-replica-0');
    const { status, text, codes, data } = await system.graphql(READ, {}, far);
    expect({ status, data, codes: new Set(codes) }).toEqual({
      status: 200,
      data: { me: null, projects: null, unreadNotificationCount: null },
      codes: new Set(['DATABASE_UNAVAILABLE']),
    });
    discreet(text);
    const found = await healthIs('all services to be down', ({ status: overall }) => overall === 'down');
    expect(found.code).toBe(503);
    expect(await page(system.origin, '/health/live')).toEqual({ code: 200, status: 'up' });
    expect(await page(system.users.url, '/health/live')).toEqual({ code: 200, status: 'up' });
    accepted(await create(near), 'createProject');
  });

  it('is back in service once it runs again', async () => {
    await servers.postgres.restart('shard-1-primary');
    await servers.postgres.restart('shard-1-replica-0');
    await allUp();
    const created = await waitUntil('a write to succeed', async () => {
      const answer = await create(far);
      return codesOf(answer.text).length === 0 && accepted(answer, 'createProject');
    });
    expect(created['project']).toMatchObject({ name: 'Apollo', version: 1 });
    const { data, errors } = await system.graphql(READ, {}, far);
    expect({ errors, name: data['me']?.['name'] }).toEqual({ errors: [], name: 'Ada Lovelace' });
  });
});

describe('a subgraph that has stopped', () => {
  it('leaves a hole where its answers were, and the rest is served', async () => {
    await system.notifications.stop();
    const found = await healthIs(
      'the subgraph to be missed',
      ({ checks }) => checks['notifications']?.status === 'down',
    );
    expect(found).toMatchObject({
      code: 200,
      status: 'degraded',
      checks: { users: { status: 'up' }, projects: { status: 'up' } },
    });
    expect(await page(system.origin, '/health/live')).toEqual({ code: 200, status: 'up' });
    expect(await page(system.origin, '/health/ready')).toMatchObject({
      code: 200,
      status: 'up',
      missing: ['notifications'],
    });

    const whole = await system.graphql(
      '{ me { name projects(first: 1) { nodes { owner { name } } } } }',
      {},
      near,
    );
    expect(whole.errors).toEqual([]);
    const holed = await system.graphql(
      '{ me { name unreadNotificationCount notifications { nodes { id } } } notifications { nodes { id } } }',
      {},
      near,
    );
    expect(holed.data).toEqual({
      me: { name: 'Ada Lovelace', unreadNotificationCount: null, notifications: null },
      notifications: null,
    });
    expect(new Set(holed.codes)).toEqual(new Set(['SUBGRAPH_UNAVAILABLE']));
    discreet(holed.text);
  });
});
