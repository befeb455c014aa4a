import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  readModelStatus,
  rebuild,
  rollBack,
  startProjectionRunner,
  switchToCandidate,
  type ReadModel,
} from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import { openProjects, team, type ProjectsUnderTest } from '../support/projects-service.ts';
import { until } from '../support/until.ts';
import { openWorkshops, projectsModel, rowsOf } from '../support/workshop.ts';

type Model = ReadModel<Prisma.TransactionClient>;
const activity = projectsModel('project-activity');

let service: ProjectsUnderTest;
let opened: Awaited<ReturnType<typeof openWorkshops>>;
beforeAll(async () => {
  service = await openProjects();
  opened = await openWorkshops(service.provisioned);
});
afterAll(async () => {
  await opened.stop();
  await service.stop();
});

const ACTIVITY = `query ($id: ID!) { project(id: $id) { openTaskCount taskCount activity { lastAt lastBy { id } openTasks completedTasks } } }`;

/** A project in which somebody works until it has so many tasks, half of them done. */
const workOn = async (tasks: number) => {
  const { ada } = team();
  const { id } = await service.newProject(ada);
  const more = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const { task } = await service.newTask(ada, id);
      if (index % 2 === 0) await service.change(ada, 'completeTask', { taskId: task?.['id'] });
    }
  };
  await more(tasks);
  const shown = async () => (await service.ask(ada, ACTIVITY, { id })).data?.['project'] as Shown | null;
  /** Resolves once the activity has caught up with the counts that are always exact. */
  const agrees = () =>
    until(async () => {
      const project = await shown();
      const { openTasks, completedTasks } = project?.activity ?? {};
      return (
        openTasks === project?.openTaskCount &&
        (openTasks ?? 0) + (completedTasks ?? 0) === project?.taskCount
      );
    });
  return { ada, id, more, shown, agrees };
};
type Shown = {
  readonly taskCount: number;
  readonly openTaskCount: number;
  readonly activity: {
    readonly lastBy: { readonly id: string };
    readonly openTasks: number;
    readonly completedTasks: number;
  } | null;
};

const onEach = async (work: (workshop: (typeof opened.workshops)[number]) => Promise<unknown>) => {
  for (const workshop of opened.workshops) await work(workshop);
};
/** The workshop of a shard with events on it. */
const busiest = async () => {
  const counted: { readonly workshop: (typeof opened.workshops)[number]; readonly events: number }[] = [];
  await onEach(async (workshop) =>
    counted.push({ workshop, events: (await rowsOf(workshop, 'events')).length }),
  );
  const [first] = counted.toSorted((left, right) => right.events - left.events);
  if (!first) throw new Error('There is no shard.');
  return first.workshop;
};
const areSame = async () =>
  onEach(async (workshop) => {
    const { comparison } = await rebuild(workshop, activity, 'asynchronous', { isFresh: true, batchMax: 5 });
    expect(comparison).toMatchObject([{ isEqual: true }, { isEqual: true }]);
  });

it('follows the streams that it joins', async () => {
  const { ada, agrees, shown } = await workOn(6);
  await agrees();
  expect((await shown())?.activity).toMatchObject({
    lastBy: { id: ada.userId },
    openTasks: 3,
    completedTasks: 3,
  });
  await areSame();
});

it('is switched and rolled back while the runner works, and counts nothing twice or not at all', async () => {
  const { more, agrees } = await workOn(2);
  const working = more(12);
  for (let round = 0; round < 2; round += 1) {
    await onEach((workshop) => rebuild(workshop, activity, 'asynchronous', { isFresh: true }));
    await onEach((workshop) => switchToCandidate(workshop, activity, 'asynchronous'));
    await onEach((workshop) => rollBack(workshop, activity, 'asynchronous'));
  }
  await working;
  await agrees();
  await areSame();
});

it('keeps its rows and its checkpoint together through a failure, and does not hold up the others', async () => {
  await workOn(1);
  const workshop = await busiest();
  let attempts = 0;
  const failing: Model = {
    name: 'failing-1',
    tables: ['project_activity'],
    apply: async (_, tx) => {
      attempts += 1;
      await tx.$executeRaw`INSERT INTO snapshots (stream_id, tenant_id, version, schema_version, state)
        VALUES (${`attempt-${attempts}`}, 'nobody', 1, 1, '{}')`;
      if (attempts < 3) throw new Error('not yet');
    },
  };
  const healthy: Model = { ...failing, name: 'healthy-1', apply: async () => undefined };
  const readModels = { inline: [], asynchronous: [failing, healthy] };
  const errors: string[] = [];
  const runner = startProjectionRunner({
    database: opened.database,
    log: opened.log,
    shard: workshop.shard,
    readModels,
    idleMs: 5,
    onError: (_, name) => errors.push(name),
  });
  try {
    await until(async () =>
      (await readModelStatus(workshop, readModels)).every(({ running }) => running?.behind === 0),
    );
  } finally {
    await runner.stop();
  }
  const kept = (await rowsOf(workshop, 'snapshots')).filter((row) => row.includes('attempt-'));
  expect(errors).toEqual(['failing-1', 'failing-1']);
  expect(kept).toHaveLength(attempts - 2);
});
