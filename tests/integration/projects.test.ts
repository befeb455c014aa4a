import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthenticatedViewer } from '@saas/auth';
import { bucketOfId, newId, systemClock } from '@saas/kernel';
import pg from 'pg';
import { inTurn, openProjects, personOf, team, type ProjectsUnderTest } from '../support/projects-service.ts';

let service: ProjectsUnderTest;
let change: ProjectsUnderTest['change'];
let newProject: ProjectsUnderTest['newProject'];
let newTask: ProjectsUnderTest['newTask'];
let join: ProjectsUnderTest['join'];
beforeAll(async () => {
  service = await openProjects();
  ({ change, newProject, newTask, join } = service);
});
afterAll(() => service.stop());

describe('a project', () => {
  it('is answered from what was decided, with everything below it', async () => {
    const { ada } = team();
    const { project, userErrors } = await change(ada, 'createProject', {
      name: ' Apollo ',
      description: 'Fly',
    });
    expect(userErrors).toEqual([]);
    expect(project).toMatchObject({
      name: 'Apollo',
      description: 'Fly',
      status: 'ACTIVE',
      archivedAt: null,
      owner: { id: ada.userId },
      viewerRole: 'OWNER',
      version: 1,
      members: { nodes: [{ role: 'OWNER', user: { id: ada.userId } }] },
      taskCount: 0,
    });
  });

  it('shows each change to whoever asks with its token', async () => {
    const { ada, ben } = team();
    const { id } = await newProject(ada);
    await join(ada, id, ben);
    await change(ada, 'changeProjectMemberRole', { projectId: id, userId: ben.userId, role: 'OWNER' });
    await change(ben, 'removeProjectMember', { projectId: id, userId: ada.userId });
    await change(ben, 'renameProject', { projectId: id, name: 'Hive' });
    const { token } = await change(ben, 'archiveProject', { projectId: id });
    const query = `query ($id: ID!) { project(id: $id) {
      name status archivedAt owner { id } version members { nodes { role user { id } } } } }`;
    expect((await service.ask(ben, query, { id }, token)).data).toEqual({
      project: {
        name: 'Hive',
        status: 'ARCHIVED',
        archivedAt: expect.any(String),
        owner: { id: ben.userId },
        version: 6,
        members: { nodes: [{ role: 'OWNER', user: { id: ben.userId } }] },
      },
    });
    expect((await service.ask(ada, query, { id }, token)).data).toEqual({ project: null });
  });

  it('is made once by fifty identical requests, which are answered alike', async () => {
    const { ada } = team();
    const input = { name: 'Apollo', idempotencyKey: 'once' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => change(ada, 'createProject', input)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    const listed = await service.ask(ada, '{ projects { nodes { id } } }', {}, answers[0]?.token);
    expect(listed.data).toEqual({ projects: { nodes: [{ id: answers[0]?.id }] } });
  });

  it('refuses an older version, a reused key and bad values, by code', async () => {
    const { ada } = team();
    const { id: projectId } = await newProject(ada);
    const codes = await inTurn(
      [
        ['renameProject', { projectId, name: 'Hive', expectedVersion: 7 }],
        ['renameProject', { projectId, name: ' ' }],
        ['renameProject', { projectId: 'prj_1', name: 'Hive' }],
        ['createProject', { name: 'x', idempotencyKey: '' }],
        ['createTask', { projectId, title: 'x', assigneeId: newId('usr', 0, systemClock) }],
        ['completeTask', { taskId: newId('tsk', bucketOfId(ada.tenantId), systemClock) }],
      ] as const,
      async ([name, input]) => (await change(ada, name, input)).userErrors[0],
    );
    expect(codes).toMatchObject([
      { code: 'VERSION_STALE', field: ['expectedVersion'], retryable: false },
      { code: 'PROJECT_NAME_INVALID', field: ['name'] },
      { code: 'ID_MALFORMED', field: ['projectId'] },
      { code: 'IDEMPOTENCY_KEY_INVALID', field: ['idempotencyKey'] },
      { code: 'ASSIGNEE_NOT_A_MEMBER', field: ['assigneeId'] },
      { code: 'TASK_NOT_FOUND', field: ['taskId'] },
    ]);
  });

  it('takes in those whose accounts are known to be open', async () => {
    const { tenantId, ada, ben, eve } = team();
    const { id: projectId } = await newProject(ada);
    await service.introduce(ben);
    await service.introduce(eve);
    await service.deactivate(eve);
    const codes = await inTurn(
      [ben, eve, personOf(tenantId), personOf(tenantId, 'MEMBER', 0), team().ada],
      async ({ userId }) =>
        (await change(ada, 'addProjectMember', { projectId, userId })).userErrors[0]?.code ?? 'taken in',
    );
    expect(codes).toEqual([
      'taken in',
      'USER_NOT_FOUND',
      'USER_NOT_FOUND',
      'USER_UNKNOWN_YET',
      'USER_NOT_FOUND',
    ]);
  });
});

describe('isolation', () => {
  it('makes everything of another tenant, and of others’ projects, look absent', async () => {
    const { ada, eve, boss } = team();
    const { id: projectId } = await newProject(ada);
    const { id: taskId, token } = await newTask(ada, projectId, { assigneeId: ada.userId });
    const query = `query ($p: ID!, $t: ID!, $r: [_Any!]!) {
      project(id: $p) { id } task(id: $t) { id } tasks(projectId: $p) { nodes { id } } projects { nodes { id } }
      _entities(representations: $r) {
        ... on Project { id } ... on Task { id } ... on User { assignedTasks { nodes { id } } projects { nodes { id } } } } }`;
    const r = [
      { __typename: 'Project', id: projectId },
      { __typename: 'Task', id: taskId },
      { __typename: 'User', id: ada.userId },
    ];
    const ask = async (viewer: AuthenticatedViewer) =>
      (await service.ask(viewer, query, { p: projectId, t: taskId, r }, token)).data;
    const task = { nodes: [{ id: taskId }] };
    const project = { nodes: [{ id: projectId }] };
    const everything = [{ id: projectId }, { id: taskId }, { assignedTasks: task, projects: project }];
    const nothing = { project: null, task: null, tasks: null, projects: { nodes: [] } };
    const empty = { assignedTasks: { nodes: [] }, projects: { nodes: [] } };
    expect(await ask(ada)).toMatchObject({ project: { id: projectId }, tasks: task, _entities: everything });
    expect(await ask(boss)).toMatchObject({ projects: project, _entities: everything });
    expect(await ask(eve)).toEqual({ ...nothing, _entities: [null, null, empty] });
    expect(await ask(team().boss)).toEqual({ ...nothing, _entities: [null, null, null] });
    for (const stranger of [eve, team().boss]) {
      const { userErrors } = await change(stranger, 'moveTask', { taskId, status: 'IN_REVIEW' });
      expect(userErrors).toMatchObject([{ code: 'TASK_NOT_FOUND' }]);
    }
  });

  it('is the database’s own, also for a session that forgets to say whose it is', async () => {
    const { ada } = team();
    await newTask(ada, (await newProject(ada)).id);
    for (const { primary } of service.shards) {
      const client = new pg.Client({ connectionString: primary });
      await client.connect();
      try {
        for (const table of ['projects', 'project_members', 'tasks']) {
          const { rows } = await client.query<{ seen: number }>(`SELECT count(*)::int AS seen FROM ${table}`);
          expect([table, rows[0]?.seen]).toEqual([table, 0]);
        }
      } finally {
        await client.end();
      }
    }
  });
});

describe('lists', () => {
  it('hold every row exactly once over their pages while rows are added', async () => {
    const { ada } = team();
    const { id: projectId } = await newProject(ada);
    const ids = (await inTurn(Array.from({ length: 23 }), () => newTask(ada, projectId))).map(({ id }) => id);
    let token = (await newTask(ada, projectId)).token;
    const query = `query ($projectId: ID!, $after: String) { tasks(projectId: $projectId, first: 5, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const seen: string[] = [];
    for (let after: string | null = null, isMore = true; isMore;) {
      const { data } = await service.ask(ada, query, { projectId, after }, token);
      const page = data?.['tasks'] as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.endCursor;
      isMore = page.pageInfo.hasNextPage;
      token = (await newTask(ada, projectId)).token;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids.toReversed());
  });

  it('are filtered by status and assignee, and counted exactly', async () => {
    const { ada, ben } = team();
    const { id: projectId } = await newProject(ada);
    await join(ada, projectId, ben);
    const tasks = await inTurn([ada, ben, ben], ({ userId }) =>
      newTask(ada, projectId, { assigneeId: userId }),
    );
    await change(ben, 'moveTask', { taskId: tasks[1]?.id, status: 'IN_PROGRESS' });
    const { token } = await change(ben, 'completeTask', { taskId: tasks[2]?.id });
    const query = `query ($id: ID!, $ben: ID!) { project(id: $id) { taskCount openTaskCount
      done: tasks(status: DONE) { nodes { id completedAt } } bens: tasks(assigneeId: $ben) { nodes { id status } } } }`;
    expect((await service.ask(ada, query, { id: projectId, ben: ben.userId }, token)).data).toEqual({
      project: {
        taskCount: 3,
        openTaskCount: 2,
        done: { nodes: [{ id: tasks[2]?.id, completedAt: expect.any(String) }] },
        bens: {
          nodes: [
            { id: tasks[2]?.id, status: 'DONE' },
            { id: tasks[1]?.id, status: 'IN_PROGRESS' },
          ],
        },
      },
    });
  });

  it('cost one statement for each field, however many parents there are', async () => {
    const { ada, ben, boss } = team();
    await service.introduce(ben);
    const projects = await inTurn(Array.from({ length: 20 }), () => newProject(ada));
    const tasks = await inTurn(projects, ({ id }) => newTask(ada, id, { assigneeId: ada.userId }));
    const token = tasks.at(-1)?.token;
    const query = `{ projects { nodes { name owner { id projects(first: 2) { nodes { id } } } viewerRole taskCount
      openTaskCount members { nodes { role } } tasks(first: 5) { nodes { title project { name } assignee { id } } } } } }`;
    let answer: unknown;
    const reads = await service.readsOf(async () => {
      answer = (await service.ask(boss, query, {}, token)).data;
    });
    expect(answer).toMatchObject({
      projects: { nodes: projects.toReversed().map(() => ({ taskCount: 1 })) },
    });
    // Projects; the owner's projects; counts; members; tasks; the tasks' projects.
    expect(reads).toHaveLength(6);

    const references = await service.readsOf(() =>
      service.ask(
        boss,
        `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Project { name } ... on Task { title } } }`,
        {
          r: [
            ...projects.map(({ id }) => ({ __typename: 'Project', id })),
            ...tasks.map(({ id }) => ({ __typename: 'Task', id })),
          ],
        },
        token,
      ),
    );
    expect(references).toHaveLength(2);
  });

  it.each([
    ['projects(first: 0)', 'PAGE_SIZE_INVALID'],
    ['projects(first: 101)', 'PAGE_SIZE_INVALID'],
    ['projects(after: "nonsense")', 'CURSOR_MALFORMED'],
    ['projects(after: "dHNrXzE")', 'CURSOR_MALFORMED'],
  ])('refuse %s', async (field, code) => {
    const { errors } = await service.ask(team().ada, `{ ${field} { nodes { id } } }`);
    expect(errors).toMatchObject([{ extensions: { code } }]);
  });

  it('are for those who have signed in', async () => {
    const { data, errors } = await service.ask({ status: 'anonymous' }, '{ projects { nodes { id } } }');
    expect([data, errors?.[0]?.extensions.code]).toEqual([{ projects: null }, 'UNAUTHENTICATED']);
  });
});
