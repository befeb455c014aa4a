import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import { graphqlClient } from '../support/graphql-client.ts';
import {
  freshDataDir,
  nothingLeftOf,
  npmStart,
  processesOf,
  type Account,
  type Started,
} from '../support/npm-start.ts';
import { tenants } from '../support/tenants.ts';
import { newProject } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(180_000);

const PATIENCE = { timeoutMs: 60_000 };
const nobody = { uid: 65_534, gid: 65_534 };
const built = join(import.meta.dirname, '../../scripts/dist/start.js');
const canBeNobody = process.getuid?.() === 0 && spawnSync('test', ['-r', built], nobody).status === 0;

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const fresh = async (account?: Account): Promise<string> => {
  const { dataDir, remove } = await freshDataDir(account);
  cleanUps.push(remove);
  return dataDir;
};
/** `npm start`, ended at the latest with the test. */
const start = async (dataDir: string, settings: Readonly<Record<string, string>> = {}, account?: Account) => {
  const started = await npmStart({ dataDir, settings, account });
  cleanUps.push(async () => {
    // The servers of PostgreSQL end by themselves, as their supervisors notice.
    const ours = (await processesOf(dataDir)).filter((line) => /npm|start\.js/.test(line));
    for (const line of ours) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    await nothingLeftOf(dataDir);
  });
  return started;
};
const endsWell = async (started: Started, dataDir: string) => {
  started.interrupt();
  expect(await started.ended).toBe(0);
  await nothingLeftOf(dataDir);
  expect(started.output()).not.toMatch(/\n\s+at /);
};

const CROSSING = `{ me { name tenant { name } unreadNotificationCount
  projects(first: 5) { nodes { name owner { name } } } notifications(first: 5) { nodes { title actor { name } } } }
  users(first: 100) { nodes { id } } projects(first: 100) { nodes { taskCount } } }`;

describe('npm start', () => {
  it('cut off by Ctrl-C while it makes the demo, completes it next time and shows it to the account it prints', async () => {
    const dataDir = await fresh();
    const settings = { LOCAL_DEMO_DATA: 'true', LOCAL_SHARDS: '2' };
    const first = await start(dataDir, settings);
    await first.says(/Demo: \d+ people/);
    await endsWell(first, dataDir);

    const second = await start(dataDir, settings);
    const graphql = graphqlClient(await second.ready());
    const [, email = '', password = ''] = await second.says(/Demo account\s+(\S+) \/ (\S+)/);
    const ada = await tenants(graphql).signIn(email, password);
    const { data, errors } = await graphql(CROSSING, {}, ada);
    expect(errors).toEqual([]);
    expect(data['me']).toMatchObject({ name: expect.any(String), tenant: { name: 'Northwind Robotics' } });
    expect(data['me']?.['projects']?.['nodes']).toHaveLength(5);
    expect(data['me']?.['notifications']?.['nodes']).not.toHaveLength(0);
    expect(data['users']?.['nodes']).toHaveLength(20);
    expect(data['projects']?.['nodes']).toHaveLength(40);
    await endsWell(second, dataDir);
  });

  it('finds its data again after Ctrl-C, which leaves no process', async () => {
    const dataDir = await fresh();
    const first = await start(dataDir);
    const client = graphqlClient(await first.ready());
    const ada = await tenants(client).registerTenant();
    const projectId = await newProject(client, ada, { name: 'Kept' });
    expect((await processesOf(dataDir)).filter((line) => line.includes('postgres')).length).toBeGreaterThan(
      3,
    );
    await endsWell(first, dataDir);

    const second = await start(dataDir);
    const again = graphqlClient(await second.ready());
    // Even the session goes on.
    const { data } = await again(
      'query ($id: ID!) { project(id: $id) { name owner { name } } }',
      { id: projectId },
      ada,
    );
    expect(data['project']).toEqual({ name: 'Kept', owner: { name: ada.name } });
  });

  it('recovers from having been killed, which leaves no process', async () => {
    const dataDir = await fresh();
    const first = await start(dataDir);
    const ada = await tenants(graphqlClient(await first.ready())).registerTenant();
    process.kill(await first.nodePid(), 'SIGKILL');
    await first.ended;
    await nothingLeftOf(dataDir);
    const second = await start(dataDir);
    const again = tenants(graphqlClient(await second.ready()));
    expect(await again.signIn(ada.email)).toMatchObject({ id: ada.id });
  });

  it('does not outlive npm', async () => {
    const dataDir = await fresh();
    const started = await start(dataDir);
    await started.ready();
    started.child.kill('SIGKILL');
    await nothingLeftOf(dataDir);
  });

  it('cut off by Ctrl-C while the databases start leaves nothing, and completes next time', async () => {
    const dataDir = await fresh();
    const first = await start(dataDir);
    const isServer = (line: string) => /postgres|initdb/.test(line);
    await waitUntil('a server to begin', async () => (await processesOf(dataDir)).some(isServer), PATIENCE);
    await endsWell(first, dataDir);
    expect(await (await start(dataDir)).ready()).toMatch(/^http:/);
  });

  (canBeNobody ? it : it.skip)('works for an ordinary account', async () => {
    const dataDir = await fresh(nobody);
    const started = await start(dataDir, {}, nobody);
    const graphql = graphqlClient(await started.ready());
    const ada = await tenants(graphql).registerTenant();
    expect((await graphql(CROSSING, {}, ada)).errors).toEqual([]);
    await endsWell(started, dataDir);
  });
});

it('starts without a RabbitMQ that is away, says so, and writes no colours into a pipe', async () => {
  const dataDir = await fresh();
  const started = await start(dataDir, { RABBITMQ_URL: 'amqp://127.0.0.1:9' });
  await started.ready();
  await started.says(/Events\s+RabbitMQ \(away: events wait in the outbox\)/);
  expect(started.output()).toContain('RabbitMQ cannot be reached');
  expect(started.output()).not.toContain('\u001b[');
  await endsWell(started, dataDir);
});

describe('a start that cannot be', () => {
  it('says which ports are taken, and starts nothing', async () => {
    const servers = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<ReturnType<typeof createServer>>((resolve) => {
            const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
          }),
      ),
    );
    cleanUps.push(async () => servers.map((server) => server.close()));
    const [gateway, users] = servers.map((server) => (server.address() as AddressInfo).port);
    const dataDir = await fresh();
    const started = await start(dataDir, {
      GATEWAY_HTTP_PORT: String(gateway),
      USERS_HTTP_PORT: String(users),
    });
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(new RegExp(`Port ${gateway} is already in use.*GATEWAY_HTTP_PORT`));
    expect(started.output()).toMatch(new RegExp(`Port ${users} is already in use.*USERS_HTTP_PORT`));
    expect(await readdir(dataDir)).not.toContain('postgres');
  });

  it('lists every mistake in the settings, and starts nothing', async () => {
    const dataDir = await fresh();
    const started = await start(dataDir, {
      LOCAL_SHARDZ: '3',
      LOCAL_REPLICAS: 'many',
      USERS_HTTP_PROT: '4001',
      PROJECTS_REQUEST_DEADLINE_MS: '-1',
      NOTIFICATIONS_LOG_LEVEL: 'loud',
      GATEWAY_CORS_ORIGINS: 'everybody',
      GATEWAY_HTTP_PORT: '70000',
      REDIS_URL: 'hunter2',
    });
    expect(await started.ended).toBe(1);
    for (const name of [
      'LOCAL_SHARDZ: unknown setting',
      'LOCAL_REPLICAS: ',
      'USERS_HTTP_PROT: unknown setting',
      'PROJECTS_REQUEST_DEADLINE_MS: ',
      'NOTIFICATIONS_LOG_LEVEL: ',
      'GATEWAY_CORS_ORIGINS: ',
      'GATEWAY_HTTP_PORT: ',
      'REDIS_URL: ',
    ]) {
      expect(started.output()).toContain(name);
    }
    expect(started.output()).not.toContain('hunter2');
    expect(started.output()).not.toMatch(/\n\s+at /);
    expect(await readdir(dataDir)).not.toContain('postgres');
  });

  it.each(['/proc/nowhere', '/dev/null/data'])('says that DATA_DIR cannot be %s', async (dataDir) => {
    const settings = { DATA_DIR: dataDir };
    const started = await start(await fresh(), settings);
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(/DATA_DIR: this directory cannot be made or written to/);
    expect(started.output()).not.toMatch(/\n\s+at /);
  });

  it('says who uses the data already', async () => {
    const dataDir = await fresh();
    const first = await start(dataDir);
    await first.says(/PostgreSQL\s+\d/);
    const second = await start(dataDir);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('DATA_DIR_IN_USE');
    expect(second.output()).toMatch(/Stop it first/);
  });
});
