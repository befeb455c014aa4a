import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import { textOf } from '../support/graphql-client.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { accepted, refusals, type Person } from '../support/tenants.ts';
import { addMember, INBOX, mutation, newProject, newTask } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

let system: SystemUnderTest;
let owner: Person;
let ben: Person;
let eve: Person;
beforeAll(async () => {
  system = await startSystem();
  owner = await system.registerTenant();
  ben = await system.join(owner);
  eve = await system.join(owner, 'MEMBER', 'Eve');
});
afterAll(() => system.stop());

const ask = (query: string, variables?: object, person?: Person) => system.graphql(query, variables, person);
const change = async (by: Person, name: string, input: object) =>
  accepted(await ask(mutation(name), { input }, by), name);
const refused = async (by: Person, name: string, input: object) =>
  refusals(await ask(mutation(name), { input }, by), name);

type Note = {
  readonly id: string;
  readonly kind: string;
  readonly isRead: boolean;
  readonly version: number;
  readonly subject: { readonly __typename: string; readonly id: string } | null;
};
const inboxOf = async (person: Person, filter: object = {}) => {
  const { data, text } = await ask(INBOX, { filter }, person);
  if (!data['notifications']) throw new Error(text);
  const notes = data['notifications']['nodes'] as unknown as readonly Note[];
  return { notes, unread: data['unreadNotificationCount'] as unknown as number };
};
const hears = (person: Person, what: (note: Note) => boolean) =>
  waitUntil('the notification', async () => (await inboxOf(person)).notes.find(what));

describe('one query', () => {
  it('crosses all three services, and follows references both ways', async () => {
    const projectId = await newProject(system.graphql, owner, { name: 'Hive', members: [ben] });
    const taskId = await newTask(system.graphql, owner, {
      projectId,
      title: 'Count bees',
      assigneeId: ben.id,
    });
    await hears(ben, ({ subject }) => subject?.id === taskId);
    const CROSSING = `query ($id: ID!) {
      me { name tenant { name } unreadNotificationCount
        projects { nodes { name owner { name email tenant { name } projects { nodes { name } } } } }
        assignedTasks { nodes { title project { name owner { name } } createdBy { name } assignee { name } } }
        notifications { nodes { kind actor { name assignedTasks { nodes { id } } }
          subject { __typename ... on Task { title assignee { name } project { name members { nodes { role user { name } } } } } ... on Project { name owner { name } } } } } }
      project(id: $id) { owner { id name } members { nodes { user { id name } } } tasks { nodes { assignee { name } } } } }`;
    const { data, errors } = await ask(CROSSING, { id: projectId }, ben);
    expect(errors).toEqual([]);
    const boss = { name: 'Ada Lovelace' };
    const members = {
      nodes: expect.arrayContaining([
        { role: 'OWNER', user: boss },
        { role: 'MEMBER', user: { name: 'Ben' } },
      ]),
    };
    expect(data).toMatchObject({
      me: {
        name: 'Ben',
        tenant: { name: 'Analytical Engines' },
        unreadNotificationCount: 2,
        projects: {
          nodes: [
            { name: 'Hive', owner: { ...boss, email: owner.email, tenant: { name: 'Analytical Engines' } } },
          ],
        },
        assignedTasks: {
          nodes: [
            {
              title: 'Count bees',
              project: { name: 'Hive', owner: boss },
              createdBy: boss,
              assignee: { name: 'Ben' },
            },
          ],
        },
      },
      project: {
        owner: { id: owner.id, ...boss },
        members: {
          nodes: expect.arrayContaining([
            { user: { id: owner.id, ...boss } },
            { user: { id: ben.id, name: 'Ben' } },
          ]),
        },
        tasks: { nodes: [{ assignee: { name: 'Ben' } }] },
      },
    });
    expect(data['me']?.['notifications']?.['nodes']).toEqual(
      expect.arrayContaining([
        {
          kind: 'TASK_ASSIGNED',
          actor: { ...boss, assignedTasks: { nodes: [] } },
          subject: {
            __typename: 'Task',
            title: 'Count bees',
            assignee: { name: 'Ben' },
            project: { name: 'Hive', members },
          },
        },
        {
          kind: 'PROJECT_MEMBER_ADDED',
          actor: expect.anything(),
          subject: { __typename: 'Project', name: 'Hive', owner: boss },
        },
      ]),
    );
  });
});

describe('a project', () => {
  it('lives from its creation to its archive, each change with the next version', async () => {
    const created = (await change(owner, 'createProject', { name: ' Apollo ', description: 'To the moon' }))[
      'project'
    ];
    const projectId = textOf(created?.['id']);
    expect(created).toMatchObject({
      name: 'Apollo',
      status: 'ACTIVE',
      viewerRole: 'OWNER',
      version: 1,
      taskCount: 0,
      owner: { id: owner.id },
    });
    const renamed = await change(owner, 'renameProject', { projectId, name: 'Artemis', expectedVersion: 1 });
    expect(renamed['project']).toMatchObject({ name: 'Artemis', description: 'To the moon', version: 2 });
    await addMember(system.graphql, owner, { projectId, userId: ben.id, role: 'VIEWER' });
    const raised = await change(owner, 'changeProjectMemberRole', {
      projectId,
      userId: ben.id,
      role: 'MAINTAINER',
    });
    expect(raised['project']).toMatchObject({ version: 4 });
    const seen = await ask('query ($id: ID!) { project(id: $id) { viewerRole } }', { id: projectId }, ben);
    expect(seen.data['project']).toEqual({ viewerRole: 'MAINTAINER' });
    await change(owner, 'removeProjectMember', { projectId, userId: ben.id });
    const gone = await waitUntil('the project to be gone', async () => {
      const { data } = await ask(
        'query ($id: ID!) { project(id: $id) { viewerRole } }',
        { id: projectId },
        ben,
      );
      return data['project'] === null;
    });
    expect(gone).toBe(true);
    const archived = await change(owner, 'archiveProject', { projectId });
    expect(archived['project']).toMatchObject({
      status: 'ARCHIVED',
      version: 6,
      archivedAt: expect.any(String),
    });
    expect(await refused(owner, 'renameProject', { projectId, name: 'Ares' })).toEqual(['PROJECT_ARCHIVED']);
    expect(await refused(owner, 'createTask', { projectId, title: 'Land' })).toEqual(['PROJECT_ARCHIVED']);
    const list = 'query ($all: Boolean) { projects(includeArchived: $all, first: 100) { nodes { id } } }';
    expect((await ask(list, { all: false }, owner)).text).not.toContain(projectId);
    expect((await ask(list, { all: true }, owner)).text).toContain(projectId);
  });

  it('allows each role what it may, and hides from strangers', async () => {
    const may = (by: Person, name: string, input: object) => refused(by, name, { projectId, ...input });
    const projectId = await newProject(system.graphql, ben);
    await addMember(system.graphql, ben, { projectId, userId: eve.id, role: 'VIEWER' });
    const stranger = await system.join(owner, 'MEMBER', 'Sam');
    const admin = await system.join(owner, 'ADMIN', 'Root');
    expect(await may(eve, 'createTask', { title: 'x' })).toEqual(['PROJECT_ROLE_INSUFFICIENT']);
    expect(await may(eve, 'renameProject', { name: 'x' })).toEqual(['PROJECT_ROLE_INSUFFICIENT']);
    expect(await may(stranger, 'renameProject', { name: 'x' })).toEqual(['PROJECT_NOT_FOUND']);
    expect(await may(admin, 'renameProject', { name: 'Tidy' })).toEqual([]);
    await change(ben, 'changeProjectMemberRole', { projectId, userId: eve.id, role: 'MAINTAINER' });
    expect(await may(eve, 'renameProject', { name: 'Eve’s' })).toEqual([]);
    expect(await may(eve, 'archiveProject', {})).toEqual(['PROJECT_ROLE_INSUFFICIENT']);
    expect(await may(eve, 'removeProjectMember', { userId: ben.id })).toEqual(['PROJECT_ROLE_INSUFFICIENT']);
    expect(await may(ben, 'removeProjectMember', { userId: ben.id })).toEqual(['LAST_PROJECT_OWNER']);
    expect(await may(ben, 'changeProjectMemberRole', { userId: ben.id, role: 'MEMBER' })).toEqual([
      'LAST_PROJECT_OWNER',
    ]);
    expect(await may(eve, 'removeProjectMember', { userId: eve.id })).toEqual([]);
    expect(await may(eve, 'renameProject', { name: 'x' })).toEqual(['PROJECT_NOT_FOUND']);
  });
});

describe('a task', () => {
  it('lives from its creation to its end', async () => {
    const projectId = await newProject(system.graphql, owner, { members: [ben] });
    const taskId = await newTask(system.graphql, ben, { projectId, title: 'Land' });
    const edited = await change(ben, 'updateTask', {
      taskId,
      description: 'softly',
      dueAt: '2030-01-01T01:00:00+01:00',
      expectedVersion: 1,
    });
    expect(edited['task']).toMatchObject({
      title: 'Land',
      description: 'softly',
      dueAt: '2030-01-01T00:00:00.000Z',
      version: 2,
    });
    const assigned = await change(owner, 'assignTask', { taskId, assigneeId: ben.id });
    expect(assigned['task']).toMatchObject({
      assignee: { id: ben.id, name: 'Ben' },
      createdBy: { id: ben.id },
    });
    expect(await refused(owner, 'assignTask', { taskId, assigneeId: eve.id })).toEqual([
      'ASSIGNEE_NOT_A_MEMBER',
    ]);
    expect((await change(ben, 'moveTask', { taskId, status: 'IN_REVIEW' }))['task']).toMatchObject({
      status: 'IN_REVIEW',
    });
    expect((await change(owner, 'completeTask', { taskId }))['task']).toMatchObject({
      status: 'DONE',
      completedAt: expect.any(String),
    });
    expect((await change(ben, 'moveTask', { taskId, status: 'TODO' }))['task']).toMatchObject({
      status: 'TODO',
      completedAt: null,
    });
    const { data } = await ask(
      'query ($id: ID!) { project(id: $id) { taskCount openTaskCount } }',
      { id: projectId },
      ben,
    );
    expect(data['project']).toEqual({ taskCount: 1, openTaskCount: 1 });
  });

  it('is listed page by page, each once', async () => {
    const projectId = await newProject(system.graphql, owner);
    const made = new Set<string>();
    for (let number = 0; number < 7; number += 1)
      made.add(await newTask(system.graphql, owner, { projectId, title: `Task ${number}` }));
    const PAGE = `query ($id: ID!, $after: String) { tasks(projectId: $id, first: 3, after: $after) {
      nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const sizes: number[] = [];
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const { data } = await ask(PAGE, { id: projectId, after }, owner);
      const page = data['tasks'] as unknown as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      sizes.push(page.nodes.length);
      seen.push(...page.nodes.map(({ id }) => id));
      ({ hasNextPage: more, endCursor: after } = page.pageInfo);
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(seen).toEqual([...made].toReversed());
  });
});

describe('notifications', () => {
  const READ = `mutation ($input: MarkNotificationReadInput!) { markNotificationRead(input: $input) { notification { isRead version } userErrors { code } } }`;
  const ARCHIVE = `mutation ($input: ArchiveNotificationInput!) { archiveNotification(input: $input) { notification { isRead archivedAt version } userErrors { code } } }`;
  const READ_ALL = `mutation { markAllNotificationsRead(input: {}) { inbox { unreadCount version } userErrors { code } } }`;
  const PREFER = `mutation ($input: UpdateNotificationPreferenceInput!) { updateNotificationPreference(input: $input) {
    preferences { version preferences { kind channel isEnabled } } userErrors { code } } }`;

  it('come from what others do, and are counted exactly while they are read and archived', async () => {
    const reader = await system.join(owner, 'MEMBER', 'Reader');
    const projectId = await newProject(system.graphql, owner, { members: [reader] });
    const tasks = await Promise.all(
      [1, 2, 3].map(() => newTask(system.graphql, owner, { projectId, assigneeId: reader.id })),
    );
    await newTask(system.graphql, reader, { projectId, assigneeId: reader.id });
    await change(owner, 'changeProjectMemberRole', { projectId, userId: reader.id, role: 'MAINTAINER' });
    await waitUntil('five notifications', async () => (await inboxOf(reader)).notes.length === 5);
    const { notes, unread } = await inboxOf(reader);
    expect(unread).toBe(5);
    expect(notes.map(({ kind }) => kind).sort()).toEqual([
      'PROJECT_MEMBER_ADDED',
      'PROJECT_ROLE_CHANGED',
      'TASK_ASSIGNED',
      'TASK_ASSIGNED',
      'TASK_ASSIGNED',
    ]);
    expect(
      notes.flatMap(({ subject }) => (subject?.id.startsWith('tsk_') ? [subject.id] : [])).sort(),
    ).toEqual(tasks.toSorted());

    const [first, second] = notes;
    const read = accepted(
      await ask(READ, { input: { id: first?.id, expectedVersion: 1 } }, reader),
      'markNotificationRead',
    );
    expect(read['notification']).toEqual({ isRead: true, version: 2 });
    accepted(await ask(READ, { input: { id: first?.id } }, reader), 'markNotificationRead');
    expect((await inboxOf(reader)).unread).toBe(4);
    accepted(await ask(ARCHIVE, { input: { id: second?.id } }, reader), 'archiveNotification');
    expect(await inboxOf(reader)).toMatchObject({ unread: 3, notes: { length: 4 } });
    expect((await inboxOf(reader, { includeArchived: true })).notes).toHaveLength(5);
    expect((await inboxOf(reader, { unreadOnly: true })).notes).toHaveLength(3);
    const all = accepted(await ask(READ_ALL, {}, reader), 'markAllNotificationsRead');
    expect(all['inbox']).toEqual({ unreadCount: 0, version: 1 });
    expect(await inboxOf(reader, { unreadOnly: true })).toEqual({ unread: 0, notes: [] });
  });

  it('tell of one’s account too, whoever changed it', async () => {
    const reader = await system.join(owner, 'MEMBER', 'Careful');
    const rename = `mutation { changeEmail(input: { newEmail: "careful-${reader.id}@example.com", currentPassword: "correct horse battery" }) { user { id } userErrors { code } } }`;
    accepted(await ask(rename, {}, reader), 'changeEmail');
    const note = await hears(reader, ({ kind }) => kind === 'ACCOUNT_SECURITY');
    expect(note.subject).toMatchObject({ __typename: 'User', id: reader.id });
  });

  it('that nobody wants are not made', async () => {
    const reader = await system.join(owner, 'MEMBER', 'Quiet');
    const wish = { kind: 'TASK_ASSIGNED', channel: 'IN_APP', isEnabled: false };
    accepted(await ask(PREFER, { input: wish }, reader), 'updateNotificationPreference');
    const required = await ask(PREFER, { input: { ...wish, kind: 'ACCOUNT_SECURITY' } }, reader);
    expect(refusals(required, 'updateNotificationPreference')).toEqual(['PREFERENCE_REQUIRED']);
    const projectId = await newProject(system.graphql, owner, { members: [reader] });
    const taskId = await newTask(system.graphql, owner, { projectId, assigneeId: reader.id });
    const other = await newTask(system.graphql, reader, { projectId });
    await change(owner, 'completeTask', { taskId });
    await change(owner, 'completeTask', { taskId: other });
    // Every announcement has been heard by then, and the unwanted one came first.
    await waitUntil('all is heard', async () => (await system.projects.waitingAnnouncements()) === 0);
    await hears(reader, ({ subject }) => subject?.id === other);
    const kinds = (await inboxOf(reader)).notes.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['PROJECT_MEMBER_ADDED', 'TASK_COMPLETED', 'TASK_COMPLETED']);
  });

  it('of a project one has left keep what happened, and show nothing of it', async () => {
    const reader = await system.join(owner, 'MEMBER', 'Former');
    const projectId = await newProject(system.graphql, owner, { name: 'Secret', members: [reader] });
    const note = await hears(reader, ({ kind }) => kind === 'PROJECT_MEMBER_ADDED');
    await change(owner, 'removeProjectMember', { projectId, userId: reader.id });
    const ONE =
      'query ($id: ID!) { notification(id: $id) { kind subject { ... on Project { id name owner { name } } } } }';
    const subject = await waitUntil('the project to be gone', async () => {
      const { data, text } = await ask(ONE, { id: note.id }, reader);
      return !text.includes('Secret') && data;
    });
    expect(subject['notification']).toMatchObject({ kind: 'PROJECT_MEMBER_ADDED' });
  });
});
