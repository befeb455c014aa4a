import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asSuperuser } from '../support/events.ts';
import { patient, type GraphqlClient } from '../support/graphql-client.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import {
  accepted,
  freshEmail,
  INVITE,
  PASSWORD,
  refusals,
  REGISTER,
  type Person,
} from '../support/tenants.ts';
import { mutation, newProject, newTask } from '../support/work.ts';

const RIVALS = 50;

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

let system: SystemUnderTest;
let owner: Person;
beforeAll(async () => {
  system = await startSystem();
  owner = await system.registerTenant();
});
afterAll(() => system.stop());

const ask: GraphqlClient = (...request) => patient(system.graphql)(...request);
const eventCount = async (): Promise<number> => {
  const rows = await asSuperuser<{ count: string }>(
    Object.values(system.databases),
    'SELECT count(*) FROM events',
  );
  return rows.reduce((sum, { count }) => sum + Number(count), 0);
};

describe(`${RIVALS} equal requests with one idempotency key, all at once`, () => {
  const all = async (query: string, variables: object, person?: Person) => {
    const before = await eventCount();
    const answers = await Promise.all(Array.from({ length: RIVALS }, () => ask(query, variables, person)));
    const later = await ask(query, variables, person);
    const texts = new Set([...answers, later].map(({ text }) => text));
    return { answers, different: [...texts], events: (await eventCount()) - before };
  };
  const each = (name: string, make: () => Promise<object>) => ({
    name,
    query: mutation(name),
    variables: async () => ({ input: { ...(await make()), idempotencyKey: randomUUID() } }),
  });
  const aProject = () => newProject(system.graphql, owner);
  const aTask = async () => newTask(system.graphql, owner, { projectId: await aProject() });

  it.each([
    each('createProject', async () => ({ name: 'Once' })),
    each('renameProject', async () => ({ projectId: await aProject(), name: 'Renamed' })),
    each('archiveProject', async () => ({ projectId: await aProject() })),
    each('createTask', async () => ({ projectId: await aProject(), title: 'Once' })),
    each('updateTask', async () => ({ taskId: await aTask(), title: 'Other' })),
    each('completeTask', async () => ({ taskId: await aTask() })),
  ])('have one effect and one answer: $name', async ({ name, query, variables }) => {
    const { answers, different, events } = await all(query, await variables(), owner);
    expect(different).toHaveLength(1);
    expect(answers.map((answer) => accepted(answer, name))).toHaveLength(RIVALS);
    expect(events).toBe(1);
  });

  it('have one effect and one answer: register', async () => {
    const email = freshEmail('once');
    const input = {
      name: 'Once',
      email,
      password: PASSWORD,
      tenantName: 'Once',
      idempotencyKey: randomUUID(),
    };
    const { answers, different, events } = await all(REGISTER, { input });
    expect(different).toHaveLength(1);
    expect(answers.map((answer) => accepted(answer, 'register'))).toHaveLength(RIVALS);
    // The tenant's, the account's, and what the projects service learns of the account.
    expect(events).toBeLessThanOrEqual(3);
    expect(await system.signIn(email)).toMatchObject({ name: 'Once' });
    const accounts = await asSuperuser(
      [system.databases.users],
      `SELECT FROM events e JOIN accounts a ON e.stream_id = 'account-' || a.user_id
       WHERE e.type = 'UserWasCreated' AND a.email = $1`,
      [email],
    );
    expect(accounts).toHaveLength(1);
  });

  it('have one effect and one answer: inviteUser', async () => {
    const variables = { email: freshEmail('guest'), role: 'MEMBER', key: randomUUID() };
    const { different, events } = await all(INVITE, variables, owner);
    expect({ different: different.length, events }).toEqual({ different: 1, events: 1 });
  });
});

describe('64 registrations with one address, all at once', () => {
  it('have exactly one winner, who can sign in', async () => {
    const email = freshEmail('wanted');
    const inputs = Array.from({ length: 64 }, (_, number) => ({
      name: `Rival ${number}`,
      email,
      password: PASSWORD,
      tenantName: `Tenant ${number}`,
      idempotencyKey: randomUUID(),
    }));
    const answers = await Promise.all(inputs.map((input) => ask(REGISTER, { input })));
    const outcomes = answers.map((answer) => refusals(answer, 'register'));
    expect(outcomes.filter((codes) => codes.length === 0)).toHaveLength(1);
    expect(outcomes.flat().filter((code) => code !== 'EMAIL_TAKEN' && code !== 'EMAIL_BUSY')).toEqual([]);
    const winner = answers
      .map(({ data }) => data['register']?.['user']?.['id'])
      .find((id) => id !== undefined);
    expect(await system.signIn(email)).toMatchObject({ id: winner });
    const accounts = await asSuperuser(
      [system.databases.users],
      `SELECT FROM events e JOIN accounts a ON e.stream_id = 'account-' || a.user_id
       WHERE e.type = 'UserWasCreated' AND a.email = $1`,
      [email],
    );
    expect(accounts).toHaveLength(1);
  });
});

describe('rivals for one thing', () => {
  it('each rename it in turn, or are told to try again: none is lost in silence', async () => {
    const projectId = await newProject(system.graphql, owner);
    const names = Array.from({ length: 20 }, (_, number) => `Name ${number}`);
    const answers = await Promise.all(
      names.map((name) =>
        ask(mutation('renameProject'), { input: { projectId, name, idempotencyKey: randomUUID() } }, owner),
      ),
    );
    const renamed = answers.filter((answer) => refusals(answer, 'renameProject').length === 0).length;
    const codes = answers.flatMap((answer) => refusals(answer, 'renameProject'));
    expect(codes.filter((code) => code !== 'VERSION_CONFLICT')).toEqual([]);
    const { data } = await ask('query ($id: ID!) { project(id: $id) { version } }', { id: projectId }, owner);
    expect(data['project']).toEqual({ version: 1 + renamed });
  });

  it('of whom all looked at the same version, one wins', async () => {
    const projectId = await newProject(system.graphql, owner);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        ask(
          mutation('renameProject'),
          { input: { projectId, name: `N ${number}`, expectedVersion: 1, idempotencyKey: randomUUID() } },
          owner,
        ),
      ),
    );
    const outcomes = answers.map((answer) => refusals(answer, 'renameProject'));
    expect(outcomes.filter((codes) => codes.length === 0)).toHaveLength(1);
    expect(new Set(outcomes.flat())).toEqual(new Set(['VERSION_STALE']));
  });
});

describe('one’s own writes', () => {
  const RENAME = mutation('renameProject');
  const READ =
    'query ($id: ID!) { project(id: $id) { name version taskCount } projects(first: 1) { nodes { id name } } }';
  const TIMES = 50;

  it('are read at once by the session that wrote them', async () => {
    const projectId = await newProject(system.graphql, owner);
    for (let turn = 1; turn <= TIMES; turn += 1) {
      accepted(await ask(RENAME, { input: { projectId, name: `Turn ${turn}` } }, owner), 'renameProject');
      const { data } = await ask(READ, { id: projectId }, owner);
      expect(data['project']).toEqual({ name: `Turn ${turn}`, version: turn + 1, taskCount: 0 });
      expect(data['projects']).toEqual({ nodes: [{ id: projectId, name: `Turn ${turn}` }] });
    }
  });

  it('are read at once by another session that was handed the token', async () => {
    const projectId = await newProject(system.graphql, owner);
    const elsewhere = await system.signIn(owner.email);
    for (let turn = 1; turn <= TIMES; turn += 1) {
      const { headers } = await ask(RENAME, { input: { projectId, name: `Turn ${turn}` } }, owner);
      const token = headers.get('consistency-token') ?? 'none was given';
      const caller = { token: elsewhere.token, headers: { 'consistency-token': token } };
      const { data } = await ask(READ, { id: projectId }, caller);
      expect(data['project']).toMatchObject({ name: `Turn ${turn}`, version: turn + 1 });
    }
  });

  it('are read at once through other services’ fields', async () => {
    const projectId = await newProject(system.graphql, owner);
    const MINE =
      'query ($id: ID!) { me { name projects(first: 1) { nodes { id taskCount } } } task(id: $id) { project { taskCount } } }';
    for (let turn = 1; turn <= TIMES; turn += 1) {
      const taskId = await newTask(system.graphql, owner, { projectId });
      const { data } = await ask(MINE, { id: taskId }, owner);
      expect(data).toMatchObject({
        me: { projects: { nodes: [{ id: projectId, taskCount: turn }] } },
        task: { project: { taskCount: turn } },
      });
    }
  });

  it('are lost to nobody by a token that says nonsense', async () => {
    for (const token of [
      'nonsense',
      'projects.shard-0=ZZ/1',
      'projects.shard-0=FFFFFFFF/FFFFFFFF',
      '💥'.repeat(10),
      'x'.repeat(5_000),
    ]) {
      const headers = { 'consistency-token': encodeURI(token) };
      const { data, errors } = await ask(
        '{ me { id } projects(first: 1) { nodes { name } } }',
        {},
        { token: owner.token, headers },
      );
      expect({ errors, id: data['me']?.['id'] }).toEqual({ errors: [], id: owner.id });
    }
  });
});
