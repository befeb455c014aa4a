import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { unwrittenIn } from '../support/events.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { accepted, freshEmail, PASSWORD, REGISTER, type Person } from '../support/tenants.ts';
import { mutation, newProject, newTask } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

let system: SystemUnderTest;
let ada: Person;
let projectId: string;
let taskId: string;
beforeAll(async () => {
  system = await startSystem();
  ada = await system.registerTenant();
  projectId = await newProject(system.graphql, ada);
  taskId = await newTask(system.graphql, ada, { projectId });
  await system.drained();
});
afterAll(() => system.stop());

const unwritten = unwrittenIn(() => Object.values(system.databases));
const ofKind = (kind: string) => `${kind}_${'0'.repeat(26)}`;
const injection = `prj_' OR 1=1; DROP TABLE events; --`;
const malformedIds: readonly string[] = [
  '',
  ' ',
  'prj',
  'prj_',
  '42',
  'nonsense',
  ofKind('usr'),
  ofKind('PRJ'),
  `${ofKind('prj')}0`,
  ofKind('prj').slice(0, -1),
  `prj_8${'0'.repeat(25)}`,
  `prj_${'0'.repeat(25)}u`,
  `prj_${'0'.repeat(25)}É`,
  ` ${ofKind('prj')}`,
  `${ofKind('prj')}\n`,
  injection,
  '../../etc/passwd',
  '\u0000',
  '💥'.repeat(20),
  'x'.repeat(10_000),
];

describe('an id that cannot be one', () => {
  it.each(malformedIds.map((id) => [id.length > 60 ? `${id.slice(0, 60)}…` : id, id]))(
    'is refused: %j',
    async (_, id) => {
      const { queried, changed } = await unwritten(async () => ({
        queried: await system.graphql(
          'query ($id: ID!) { project(id: $id) { id } tasks(projectId: $id) { nodes { id } } me { id } }',
          { id },
          ada,
        ),
        changed: await system.graphql(
          mutation('renameProject'),
          { input: { projectId: id, name: 'x' } },
          ada,
        ),
      }));
      expect(queried.codes).toEqual(['ID_MALFORMED', 'ID_MALFORMED']);
      expect(queried.data).toMatchObject({ project: null, tasks: null, me: { id: ada.id } });
      expect(changed.data['renameProject']).toEqual({
        project: null,
        userErrors: [{ code: 'ID_MALFORMED', field: ['projectId'], retryable: false }],
      });
    },
  );

  it.each([
    ['query ($id: ID!) { user(id: $id) { id } }', ofKind('prj')],
    ['query ($id: ID!) { task(id: $id) { id } }', ofKind('prj')],
    ['query ($id: ID!) { notification(id: $id) { id } }', ofKind('tsk')],
    ['query ($id: ID!) { projects { nodes { tasks(assigneeId: $id) { nodes { id } } } } }', ofKind('tsk')],
  ])('of the wrong kind is refused by %s', async (query, id) => {
    const { codes } = await unwritten(() => system.graphql(query, { id }, ada));
    expect(codes).toEqual(['ID_MALFORMED']);
  });
});

describe('a value that may not be', () => {
  const registering = (over: object) => ({
    name: 'Eve',
    email: freshEmail('eve'),
    password: PASSWORD,
    tenantName: 'Eves',
    ...over,
  });
  const long = (length: number) => 'x'.repeat(length);

  it.each<[string, object, string, string[] | null]>([
    ['no name', { name: '  ' }, 'NAME_INVALID', ['name']],
    ['a name that is too long', { name: long(256) }, 'NAME_INVALID', ['name']],
    ['an invisible name', { name: '\u200b\u200b' }, 'NAME_INVALID', ['name']],
    ['a name of control characters', { name: 'a\u0000b' }, 'NAME_INVALID', ['name']],
    ['a name that turns the text around', { name: 'a\u202eb' }, 'NAME_INVALID', ['name']],
    ['an invisible password', { password: ' '.repeat(8) }, 'PASSWORD_BLANK', ['password']],
    ['an invisible tenant name', { tenantName: '\u200b' }, 'TENANT_NAME_INVALID', ['tenantName']],
    ['no address', { email: '' }, 'EMAIL_INVALID', ['email']],
    ['an address without a domain', { email: 'eve@' }, 'EMAIL_INVALID', ['email']],
    [
      'an address with a line break',
      { email: 'eve@example.com\nBcc: all@example.com' },
      'EMAIL_INVALID',
      ['email'],
    ],
    ['an address that is too long', { email: `eve@${long(250)}.example` }, 'EMAIL_INVALID', ['email']],
    ['a short password', { password: 'seven77' }, 'PASSWORD_TOO_SHORT', ['password']],
    ['a password that is too long', { password: long(129) }, 'PASSWORD_TOO_LONG', ['password']],
    ['a tenant name that is too long', { tenantName: long(81) }, 'TENANT_NAME_INVALID', ['tenantName']],
    ['no place to go', { tenantName: null }, 'REGISTRATION_PLACE_INVALID', null],
    [
      'an invitation that is none',
      { tenantName: null, invitationToken: 'let me in' },
      'INVITATION_INVALID',
      ['invitationToken'],
    ],
    ['an empty idempotency key', { idempotencyKey: '' }, 'IDEMPOTENCY_KEY_INVALID', ['idempotencyKey']],
    [
      'an idempotency key that is too long',
      { idempotencyKey: long(129) },
      'IDEMPOTENCY_KEY_INVALID',
      ['idempotencyKey'],
    ],
  ])('keeps somebody from registering: %s', async (_, over, code, field) => {
    const { data } = await unwritten(() => system.graphql(REGISTER, { input: registering(over) }));
    expect(data['register']).toEqual({
      user: null,
      tenant: null,
      userErrors: [{ code, field, retryable: false }],
    });
  });

  it('keeps somebody from registering: an address that is taken, however it is spelt', async () => {
    for (const email of [ada.email, ada.email.toUpperCase(), ` ${ada.email} `]) {
      const { data } = await unwritten(() => system.graphql(REGISTER, { input: registering({ email }) }));
      expect(data['register']).toMatchObject({
        user: null,
        userErrors: [{ code: 'EMAIL_TAKEN', field: ['email'] }],
      });
    }
  });

  it.each<[string, () => object, string, string[] | null]>([
    ['createProject', () => ({ name: ' ' }), 'PROJECT_NAME_INVALID', ['name']],
    ['createProject', () => ({ name: long(81) }), 'PROJECT_NAME_INVALID', ['name']],
    ['createProject', () => ({ name: 'x\u0007' }), 'PROJECT_NAME_INVALID', ['name']],
    ['createProject', () => ({ name: '\u200b' }), 'PROJECT_NAME_INVALID', ['name']],
    ['createProject', () => ({ name: 'x\u202e' }), 'PROJECT_NAME_INVALID', ['name']],
    [
      'createProject',
      () => ({ name: 'x', description: long(2_001) }),
      'PROJECT_DESCRIPTION_INVALID',
      ['description'],
    ],
    [
      'createProject',
      () => ({ name: 'x', description: '\u0000' }),
      'PROJECT_DESCRIPTION_INVALID',
      ['description'],
    ],
    [
      'createProject',
      () => ({ name: 'x', idempotencyKey: 'ü' }),
      'IDEMPOTENCY_KEY_INVALID',
      ['idempotencyKey'],
    ],
    ['renameProject', () => ({ projectId, name: long(81) }), 'PROJECT_NAME_INVALID', ['name']],
    [
      'renameProject',
      () => ({ projectId, name: 'x', expectedVersion: 99 }),
      'VERSION_STALE',
      ['expectedVersion'],
    ],
    [
      'renameProject',
      () => ({ projectId, name: 'x', expectedVersion: 0 }),
      'VERSION_STALE',
      ['expectedVersion'],
    ],
    [
      'renameProject',
      () => ({ projectId, name: 'x', expectedVersion: -1 }),
      'VERSION_STALE',
      ['expectedVersion'],
    ],
    ['renameProject', () => ({ projectId: ofKind('prj'), name: 'x' }), 'PROJECT_NOT_FOUND', ['projectId']],
    ['addProjectMember', () => ({ projectId, userId: ofKind('usr') }), 'USER_NOT_FOUND', ['userId']],
    [
      'changeProjectMemberRole',
      () => ({ projectId, userId: ofKind('usr'), role: 'VIEWER' }),
      'PROJECT_MEMBER_NOT_FOUND',
      ['userId'],
    ],
    ['createTask', () => ({ projectId, title: '' }), 'TASK_TITLE_INVALID', ['title']],
    ['createTask', () => ({ projectId, title: '\u200b' }), 'TASK_TITLE_INVALID', ['title']],
    ['createTask', () => ({ projectId, title: long(201) }), 'TASK_TITLE_INVALID', ['title']],
    [
      'createTask',
      () => ({ projectId, title: 'x', description: long(10_001) }),
      'TASK_DESCRIPTION_INVALID',
      ['description'],
    ],
    ['createTask', () => ({ projectId: ofKind('prj'), title: 'x' }), 'PROJECT_NOT_FOUND', ['projectId']],
    [
      'createTask',
      () => ({ projectId, title: 'x', assigneeId: ofKind('usr') }),
      'ASSIGNEE_NOT_A_MEMBER',
      ['assigneeId'],
    ],
    ['createTask', () => ({ projectId, title: 'x', assigneeId: injection }), 'ID_MALFORMED', ['assigneeId']],
    ['updateTask', () => ({ taskId, title: null }), 'TASK_TITLE_INVALID', ['title']],
    ['updateTask', () => ({ taskId, title: 'x', expectedVersion: 7 }), 'VERSION_STALE', ['expectedVersion']],
    ['completeTask', () => ({ taskId: ofKind('tsk') }), 'TASK_NOT_FOUND', ['taskId']],
  ])('keeps %s from happening, case %#', async (name, input, code, field) => {
    const { data, text } = await unwritten(() => system.graphql(mutation(name), { input: input() }, ada));
    const thing = name.includes('Task') ? 'task' : 'project';
    expect({ text, ...data[name] }).toEqual({
      text,
      [thing]: null,
      userErrors: [{ code, field, retryable: false }],
    });
  });

  it.each<[object, string]>([
    [{ first: 0 }, 'PAGE_SIZE_INVALID'],
    [{ first: -1 }, 'PAGE_SIZE_INVALID'],
    [{ first: 101 }, 'PAGE_SIZE_INVALID'],
    [{ after: '' }, 'CURSOR_MALFORMED'],
    [{ after: 'nonsense' }, 'CURSOR_MALFORMED'],
    [{ after: Buffer.from(injection).toString('base64url') }, 'CURSOR_MALFORMED'],
    [{ after: 'x'.repeat(5_000) }, 'CURSOR_MALFORMED'],
  ])('is no part of a list, case %#', async (page, code) => {
    const LISTS = `query ($first: Int = 20, $after: String) { users(first: $first, after: $after) { nodes { id } }
      projects(first: $first, after: $after) { nodes { id } } notifications(first: $first, after: $after) { nodes { id } }
      me { projects(first: $first, after: $after) { nodes { id } } assignedTasks(first: $first, after: $after) { nodes { id } }
        notifications(first: $first, after: $after) { nodes { id } } } }`;
    const { codes, data } = await unwritten(() => system.graphql(LISTS, page, ada));
    expect(codes).toEqual(Array.from({ length: 6 }, () => code));
    expect(data).toEqual({
      users: null,
      projects: null,
      notifications: null,
      me: { projects: null, assignedTasks: null, notifications: null },
    });
  });
});

it.each([
  '2026-02-30T00:00:00Z',
  '0000-12-31T23:59:59Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
])('a moment that does not exist is refused: %s', async (dueAt) => {
  const input = { projectId, title: 'x', dueAt };
  const { codes, status } = await unwritten(() => system.graphql(mutation('createTask'), { input }, ada));
  expect({ codes, status }).toEqual({ codes: ['BAD_USER_INPUT'], status: 400 });
});

describe('an idempotency key', () => {
  it('is answered as the first time, whatever has happened since', async () => {
    const id = await newProject(system.graphql, ada);
    const rename = (name: string, key?: string) =>
      system.graphql(mutation('renameProject'), { input: { projectId: id, name, idempotencyKey: key } }, ada);
    const key = randomUUID();
    const first = await rename('First', key);
    accepted(first, 'renameProject');
    accepted(await rename('Second'), 'renameProject');
    await system.drained();
    expect((await unwritten(() => rename('First', key))).text).toBe(first.text);
    const { data } = await system.graphql('query ($id: ID!) { project(id: $id) { name } }', { id }, ada);
    expect(data['project']).toEqual({ name: 'Second' });
  });

  it.each<[string, string, (name: string) => object]>([
    ['createProject', mutation('createProject'), (name) => ({ name })],
    ['renameProject', mutation('renameProject'), (name) => ({ projectId, name })],
    ['createTask', mutation('createTask'), (title) => ({ projectId, title })],
  ])('used for another %s is refused', async (name, query, input) => {
    const idempotencyKey = randomUUID();
    const first = await system.graphql(query, { input: { ...input('First'), idempotencyKey } }, ada);
    accepted(first, name);
    await system.drained();
    const second = await unwritten(() =>
      system.graphql(query, { input: { ...input('Second'), idempotencyKey } }, ada),
    );
    expect(second.data[name]?.['userErrors']).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] },
    ]);
    const again = await unwritten(() =>
      system.graphql(query, { input: { ...input('First'), idempotencyKey } }, ada),
    );
    expect(again.text).toBe(first.text);
  });

  it('used for another registration is refused', async () => {
    const input = {
      name: 'Eve',
      email: freshEmail(),
      password: PASSWORD,
      tenantName: 'Eves',
      idempotencyKey: randomUUID(),
    };
    const first = await system.graphql(REGISTER, { input });
    accepted(first, 'register');
    await system.drained();
    const other = await unwritten(() =>
      system.graphql(REGISTER, { input: { ...input, password: 'a different password' } }),
    );
    expect(other.data['register']?.['userErrors']).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] },
    ]);
    expect((await unwritten(() => system.graphql(REGISTER, { input }))).text).toBe(first.text);
  });

  it('of somebody else means nothing', async () => {
    const input = { name: 'Mine', idempotencyKey: randomUUID() };
    const ben = await system.join(ada);
    const mine = accepted(await system.graphql(mutation('createProject'), { input }, ada), 'createProject');
    const his = accepted(await system.graphql(mutation('createProject'), { input }, ben), 'createProject');
    expect(his['project']?.['id']).not.toBe(mine['project']?.['id']);
    await system.drained();
  });
});
