import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthenticatedViewer } from '@saas/auth';
import { bucketOfId, newId, systemClock } from '@saas/kernel';
import { parseProjectName, parseTaskTitle } from '@saas/projects';
import pg from 'pg';
import { inTurn, openProjects, team, type ProjectsUnderTest } from '../support/projects-service.ts';

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

describe('races', () => {
  it('leave no task that was created after its project was archived', async () => {
    const { ada } = team();
    for (let round = 0; round < 5; round += 1) {
      const { id: projectId } = await newProject(ada);
      const [archived, ...created] = await Promise.all([
        change(ada, 'archiveProject', { projectId }),
        ...Array.from({ length: 8 }, () => newTask(ada, projectId)),
      ]);
      expect(archived?.project).toMatchObject({ status: 'ARCHIVED' });
      const codes = created.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
      expect(codes.filter((code) => code !== 'PROJECT_ARCHIVED')).toEqual([]);
      expect((await newTask(ada, projectId)).userErrors).toMatchObject([{ code: 'PROJECT_ARCHIVED' }]);
      await expectArchivedLast(ada, projectId);
    }
  });

  it('leave no task assigned to somebody after the removal', async () => {
    const { ada, ben } = team();
    const { id: projectId } = await newProject(ada);
    for (let round = 0; round < 5; round += 1) {
      await join(ada, projectId, ben);
      const tasks = await inTurn([1, 2, 3, 4], () => newTask(ada, projectId));
      const [, ...assigned] = await Promise.all([
        change(ada, 'removeProjectMember', { projectId, userId: ben.userId }),
        ...tasks.map(({ id }) => change(ada, 'assignTask', { taskId: id, assigneeId: ben.userId })),
      ]);
      const codes = assigned.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
      expect(codes.filter((code) => code !== 'ASSIGNEE_NOT_A_MEMBER')).toEqual([]);
      const late = await change(ada, 'assignTask', {
        taskId: (await newTask(ada, projectId)).id,
        assigneeId: ben.userId,
      });
      expect(late.userErrors).toMatchObject([{ code: 'ASSIGNEE_NOT_A_MEMBER' }]);
    }
  });

  it('leave a project with an owner when two owners remove each other', async () => {
    const { ada, ben, boss } = team();
    const { id: projectId } = await newProject(ada);
    await join(ada, projectId, ben, 'OWNER');
    await Promise.all([
      change(ada, 'removeProjectMember', { projectId, userId: ben.userId }),
      change(ben, 'removeProjectMember', { projectId, userId: ada.userId }),
    ]);
    const { project } = await change(boss, 'renameProject', { projectId, name: 'Afterwards' });
    expect(project).toMatchObject({ members: { nodes: [{ role: 'OWNER' }] } });
  });
});

/** In the order of the log, no task of the project follows its archiving. */
const expectArchivedLast = async ({ tenantId }: AuthenticatedViewer, projectId: string) => {
  for (const { primary } of service.shards) {
    const client = new pg.Client({ connectionString: primary });
    await client.connect();
    try {
      await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [tenantId]);
      const { rows } = await client.query<{ late: number }>(
        `SELECT count(*)::int AS late FROM events t
         WHERE t.type = 'TaskWasCreated' AND t.data->>'projectId' = $1 AND t.position > (
           SELECT a.position FROM events a WHERE a.stream_id = $2 AND a.type = 'ProjectWasArchived')`,
        [projectId, `project-${projectId}`],
      );
      expect(rows[0]?.late).toBe(0);
    } finally {
      await client.end();
    }
  }
};

describe('in bulk', () => {
  it('many tasks are made, moved and completed in few transactions, rows and all', async () => {
    const { tenantId, ada } = team();
    const { handleProject, handleTask } = service.services;
    const at = systemClock.now().toISOString();
    const by = { userId: ada.userId, tenantRole: ada.role };
    const metadata = { actor: 'demo', requestId: 'demo' };
    const bucket = bucketOfId(tenantId);
    const projectId = newId('prj', bucket, systemClock);
    const name = parseProjectName('Bulk');
    const project = await handleProject({
      tenantId,
      metadata,
      work: {
        commands: [
          {
            stream: `project-${projectId}`,
            command: { type: 'CreateProject', projectId, name, description: null, by, at },
          },
        ],
      },
    });
    const [decided] = project.results;
    if (!decided) throw new Error('Nothing was decided.');
    const ids = Array.from({ length: 200 }, () => newId('tsk', bucket, systemClock));
    const common = { project: decided.state, by, at };
    const blank = { title: parseTaskTitle('Task'), description: null, dueAt: null, assigneeId: ada.userId };
    const dependsOn = [{ stream: decided.stream, version: decided.version }];
    await handleTask({
      tenantId,
      metadata,
      work: {
        commands: ids.map((taskId) => ({
          stream: `task-${taskId}` as const,
          command: { type: 'CreateTask', taskId, ...blank, ...common },
        })),
        dependsOn,
      },
    });
    await handleTask({
      tenantId,
      metadata,
      work: {
        commands: ids.map((taskId, index) => ({
          stream: `task-${taskId}` as const,
          command:
            index % 2 === 0
              ? { type: 'CompleteTask', ...common }
              : { type: 'MoveTask', status: 'IN_REVIEW', ...common },
        })),
        dependsOn,
      },
    });
    // A write's own answer is read with its token.
    const { project: shown } = await change(ada, 'renameProject', { projectId, name: 'Bulky' });
    expect(shown).toMatchObject({ taskCount: 200, openTaskCount: 100, version: 2 });
  });
});
