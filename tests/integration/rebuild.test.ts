import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  readModelStatus,
  rebuild,
  rollBack,
  shapeOf,
  switchToCandidate,
  type ReadModel,
} from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import { projectsReadModels } from '@saas/projects';
import { openProjects, team, type ProjectsUnderTest } from '../support/projects-service.ts';
import { openWorkshops, projectsModel, rowsOf } from '../support/workshop.ts';

type Model = ReadModel<Prisma.TransactionClient>;
const taskList = projectsModel('task-list');

let service: ProjectsUnderTest;
let opened: Awaited<ReturnType<typeof openWorkshops>>;
beforeAll(async () => {
  service = await openProjects();
  opened = await openWorkshops(service.provisioned);
  for (let index = 0; index < 4; index += 1) await work();
});
afterAll(async () => {
  await opened.stop();
  await service.stop();
});

/** A team's project with tasks that were assigned, moved and completed, on whichever shard. */
const work = async () => {
  const { ada, ben } = team();
  const { id } = await service.newProject(ada);
  await service.join(ada, id, ben);
  const { task } = await service.newTask(ada, id, { assigneeId: ben.userId });
  await service.newTask(ada, id);
  await service.change(ada, 'moveTask', { taskId: task?.['id'], status: 'IN_PROGRESS' });
  await service.change(ada, 'completeTask', { taskId: task?.['id'] });
  await service.change(ada, 'renameProject', { projectId: id, name: 'Hive' });
  await service.change(ada, 'removeProjectMember', { projectId: id, userId: ben.userId });
  return { ada, id };
};

const each = <Result>(step: (workshop: (typeof opened.workshops)[number]) => Promise<Result>) =>
  opened.workshops.reduce<Promise<readonly Result[]>>(
    async (before, workshop) => [...(await before), await step(workshop)],
    Promise.resolve([]),
  );

/** The workshop of a shard with tasks on it. */
const busiest = async () => {
  const tasks = await each(async (workshop) => ({
    workshop,
    count: (await rowsOf(workshop, 'tasks')).length,
  }));
  const [first] = tasks.toSorted((left, right) => right.count - left.count);
  if (!first || first.count === 0) throw new Error('There are no tasks.');
  return first.workshop;
};

/** The same read model with something else done to the events. */
const doing = (model: Model, apply: Model['apply']): Model => ({ ...model, apply });

describe('a rebuild', () => {
  it('gives every read model the rows that the running one has, however the events are cut into batches', async () => {
    for (const model of projectsReadModels.inline) {
      const candidates = await each((workshop) =>
        rebuild(workshop, model, 'inline', { isFresh: true, batchMax: 3 }),
      );
      for (const { comparison } of candidates) expect(comparison).toMatchObject([{ isEqual: true }]);
      await each(async (workshop) => {
        for (const table of model.tables)
          expect(
            await rowsOf(workshop, table, `candidate_${model.name.slice(0, -2).replaceAll('-', '_')}`),
          ).toEqual(await rowsOf(workshop, table));
      });
    }
  });

  it('goes on where it broke off, and leaves the running one as it is', async () => {
    const workshop = await busiest();
    const before = await rowsOf(workshop, 'tasks');
    let batches = 0;
    const seen = new Set<string>();
    const breaking = doing(taskList, async (events, tx) => {
      batches += 1;
      if (batches === 3) throw new Error('broken off');
      for (const { id } of events) {
        if (seen.has(id)) throw new Error('seen twice');
        seen.add(id);
      }
      await taskList.apply(events, tx);
    });
    const building = rebuild(workshop, breaking, 'inline', { isFresh: true, batchMax: 3 });
    await expect(building).rejects.toThrow('broken off');
    const { comparison } = await rebuild(workshop, breaking, 'inline', { batchMax: 3 });
    expect(comparison).toMatchObject([{ isEqual: true }]);
    expect(await rowsOf(workshop, 'tasks')).toEqual(before);
  });

  it('reaches no table but its own: nobody hears of an event twice', async () => {
    const workshop = await busiest();
    const attempts: readonly Model['apply'][] = [
      async (_, tx) => void (await tx.$executeRaw`DELETE FROM outbox`),
      async (_, tx) => void (await tx.$executeRaw`UPDATE projects SET name = 'x'`),
      async (_, tx) => void (await tx.claim.deleteMany()),
      async (_, tx) => void (await tx.projectMember.findMany()),
    ];
    const before = await rowsOf(workshop, 'projects');
    for (const attempt of attempts) {
      const building = rebuild(workshop, doing(taskList, attempt), 'inline', { isFresh: true });
      await expect(building).rejects.toThrow(/does not exist/);
    }
    expect(await rowsOf(workshop, 'projects')).toEqual(before);
  });

  it('is one at a time', async () => {
    const workshop = await busiest();
    const other = await openWorkshops(service.provisioned);
    const second = other.workshops.find(({ shard }) => shard === workshop.shard);
    if (!second) throw new Error('There is no shard.');
    const nested = doing(taskList, async () => {
      await expect(rebuild(second, taskList, 'inline')).rejects.toMatchObject({ code: 'PROJECTION_BUSY' });
    });
    try {
      await rebuild(workshop, nested, 'inline', { isFresh: true });
    } finally {
      await other.stop();
    }
  });

  it('says which rows differ, by key and column; only whoever accepts that may switch', async () => {
    const workshop = await busiest();
    const before = await rowsOf(workshop, 'tasks');
    const { rows } = await workshop.session.query<{ id: string }>(
      `UPDATE tasks SET title = 'spoiled' WHERE task_id = (SELECT min(task_id) FROM tasks) RETURNING task_id AS id`,
    );
    const { comparison } = await rebuild(workshop, taskList, 'inline', { isFresh: true });
    expect(comparison).toMatchObject([{ isEqual: false, differences: [`${rows[0]?.id}: title`] }]);
    await expect(switchToCandidate(workshop, taskList, 'inline')).rejects.toMatchObject({
      code: 'PROJECTION_DIFFERS',
    });
    await switchToCandidate(workshop, taskList, 'inline', { acceptsDifferences: true });
    expect(await rowsOf(workshop, 'tasks')).toEqual(before);
  });
});

describe('a switch', () => {
  it('fails no reader and no writer, and neither loses what was written', async () => {
    const { ada, id } = await work();
    const shown = `query ($id: ID!) { project(id: $id) { name taskCount tasks(first: 100) { nodes { id title } } members { nodes { role } } } }`;
    const failures: unknown[] = [];
    const over = { isOver: false };
    let tasks = 2;
    const read = async () => {
      while (!over.isOver) {
        const least = tasks;
        const { data, errors } = await service.ask(ada, shown, { id });
        const project = data?.['project'] as {
          tasks: { nodes: unknown[] };
          members: { nodes: unknown[] };
        } | null;
        const isWhole =
          project?.members.nodes.length === 1 && project.tasks.nodes.length >= Math.min(2, least);
        if (errors !== undefined || !isWhole) failures.push({ data, errors });
      }
    };
    const write = async () => {
      while (!over.isOver) {
        const { userErrors } = await service.newTask(ada, id);
        if (userErrors.length > 0) failures.push(userErrors);
        tasks += 1;
      }
    };
    const others = [read(), read(), write()];
    try {
      for (const name of ['project-members', 'task-list']) {
        await each((workshop) => rebuild(workshop, projectsModel(name), 'inline', { isFresh: true }));
        await each((workshop) => switchToCandidate(workshop, projectsModel(name), 'inline'));
        await each((workshop) => rollBack(workshop, projectsModel(name), 'inline'));
      }
    } finally {
      over.isOver = true;
      await Promise.all(others);
    }
    expect(failures).toEqual([]);
    const { data } = await service.ask(ada, 'query ($id: ID!) { project(id: $id) { taskCount } }', { id });
    expect(data).toEqual({ project: { taskCount: tasks } });
    for (const name of ['project-list', 'project-members', 'task-list']) {
      const candidates = await each((workshop) =>
        rebuild(workshop, projectsModel(name), 'inline', { isFresh: true }),
      );
      for (const { comparison } of candidates) expect(comparison).toMatchObject([{ isEqual: true }]);
    }
  });

  it('is undone by a rollback, with everything that was written since', async () => {
    const second: Model = {
      ...doing(taskList, async (events, tx) => {
        await taskList.apply(events, tx);
        await tx.$executeRaw`UPDATE tasks SET title = upper(title)`;
      }),
      name: 'task-list-2',
    };
    await each((workshop) => rebuild(workshop, second, 'inline'));
    await each((workshop) => switchToCandidate(workshop, second, 'inline', { acceptsDifferences: true }));
    const { ada, id } = await work();
    const running = await each((workshop) =>
      readModelStatus(workshop, { inline: [second], asynchronous: [] }),
    );
    expect(running.flat().map((status) => status.running?.version)).toEqual([2, 2]);
    expect(running.flat().map((status) => status.previous?.version)).toEqual([1, 1]);

    await each((workshop) => rollBack(workshop, taskList, 'inline'));
    const { data } = await service.ask(
      ada,
      'query ($id: ID!) { project(id: $id) { taskCount tasks { nodes { title } } } }',
      { id },
    );
    const titles = [{ title: 'Paint the shed' }, { title: 'Paint the shed' }];
    expect(data).toEqual({ project: { taskCount: 2, tasks: { nodes: titles } } });
    const candidates = await each((workshop) => rebuild(workshop, taskList, 'inline', { isFresh: true }));
    for (const { comparison } of candidates) expect(comparison).toMatchObject([{ isEqual: true }]);
  });

  it('is refused without a finished candidate, and when the tables have changed their shape since', async () => {
    const workshop = await busiest();
    await rebuild(workshop, taskList, 'inline', { isFresh: true });
    await workshop.session.query('ALTER TABLE tasks ADD COLUMN note text');
    const switching = switchToCandidate(workshop, taskList, 'inline');
    await expect(switching).rejects.toMatchObject({ code: 'PROJECTION_SHAPE_CHANGED' });
    await workshop.session.query('ALTER TABLE tasks DROP COLUMN note');
    await switchToCandidate(workshop, taskList, 'inline');
    const again = switchToCandidate(workshop, taskList, 'inline');
    await expect(again).rejects.toMatchObject({ code: 'PROJECTION_NOT_BUILT' });
  });

  it('gives the new tables the same rights, policies, keys and indexes as the old ones', async () => {
    const workshop = await busiest();
    const rightsOf = async (schema: string) => {
      const { rows } = await workshop.session.query<{ rights: readonly string[] }>(
        `SELECT c.relrowsecurity, c.relforcerowsecurity, (
           SELECT array_agg(format('%s to %s', a.privilege_type, a.grantee::regrole) ORDER BY a.privilege_type)
           FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS rights
         FROM pg_class c WHERE c.oid = format('%I.tasks', $1::text)::regclass`,
        [schema],
      );
      return rows;
    };
    const before = {
      shape: await shapeOf(workshop.session, 'tasks', 'public'),
      rights: await rightsOf('public'),
    };
    await rebuild(workshop, taskList, 'inline', { isFresh: true });
    const candidate = 'candidate_task_list';
    expect(await shapeOf(workshop.session, 'tasks', candidate)).toEqual(before.shape);
    expect(await rightsOf(candidate)).toEqual(before.rights);
    expect(before.rights).toMatchObject([
      {
        relforcerowsecurity: true,
        rights: expect.arrayContaining(['SELECT to projects_service', 'UPDATE to projects_service']),
      },
    ]);
  });
});
