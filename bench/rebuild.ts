import type { CommandOn } from '@saas/event-sourcing';
import { systemClock } from '@saas/kernel';
import { openReadModelDesk, type ReadModelDesk, type TableComparison } from '@saas/postgres';
import { projectsRebuilding, projectStream, type TaskCommand } from '@saas/projects';
import { startBenchDatabases, type BenchDatabases } from './bench-databases.ts';
import { newOwner, startBenchProjects } from './bench-projects.ts';
import { createProjects, createTasks, type BenchTask } from './project-commands.ts';
import type { Cell, Report } from './report.ts';

const TENANTS = 4;
const PROJECTS = 25;
const TASKS = 5_000;
const GROUP = 100;

/** How fast each read model of the projects service is built again from all events, beside the running one. */
export const rebuildRate = async ({ isQuick }: { readonly isQuick: boolean }): Promise<Report> => {
  const databases = await startBenchDatabases('full');
  try {
    await fill(databases, isQuick ? TASKS / 5 : TASKS);
    const desk = await deskOf(databases);
    try {
      const rows: (readonly Cell[])[] = [];
      for (const name of desk.names) rows.push(await measure(desk, name));
      const columns = [
        'read model',
        'events',
        'rows',
        'replayed events/s',
        'CPU µs',
        'replay s',
        'in all s',
        'same',
      ];
      const title = 'Read models built again from every event of one shard';
      return { name: 'rebuild', tables: [{ title, columns, rows }] };
    } finally {
      await desk.close();
    }
  } finally {
    await databases.stop();
  }
};

/** Events as the service writes them: every task is created and moved, every second one completed. */
const fill = async (databases: BenchDatabases, tasksPerTenant: number): Promise<void> => {
  const { services, settle, stop } = await startBenchProjects(await databases.provide('projects'));
  const fillTenant = async () => {
    const projects = await createProjects(services, newOwner(), PROJECTS);
    for (let group = 0; group < tasksPerTenant / GROUP; group += 1) {
      const home = projects[group % PROJECTS];
      if (!home) throw new Error('No project was created.');
      const tasks = await createTasks(services, home, GROUP);
      const project = { stream: projectStream(home.state.projectId), version: home.version };
      const change = (some: readonly BenchTask[], what: (task: BenchTask) => TaskCommand) => {
        const commands = some.map((task): CommandOn<TaskCommand> => ({
          stream: task.stream,
          command: what(task),
        }));
        const metadata = { actor: home.viewer.userId, requestId: 'bench' };
        const work = { commands, dependsOn: [project] };
        return services.handleTask({ tenantId: home.viewer.tenantId, metadata, work });
      };
      const by = { userId: home.viewer.userId, tenantRole: home.viewer.role };
      const common = { project: home.state, by, at: systemClock.now().toISOString() };
      await change(tasks, () => ({ type: 'MoveTask', status: 'IN_PROGRESS', ...common }));
      await change(tasks.slice(GROUP / 2), () => ({ type: 'CompleteTask', ...common }));
    }
  };
  try {
    await Promise.all(Array.from({ length: TENANTS }, fillTenant));
    await settle();
  } finally {
    await stop();
  }
};

const deskOf = async (databases: BenchDatabases): Promise<ReadModelDesk> => {
  const { shards, migrationUrls } = await databases.owned('projects');
  return openReadModelDesk({ service: 'projects', shards, ownerUrls: migrationUrls, ...projectsRebuilding });
};

const measure = async (desk: ReadModelDesk, name: string): Promise<readonly Cell[]> => {
  let replayedAt = 0;
  let events = 0;
  let comparison: readonly TableComparison[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await desk.rebuild(name, {
    isFresh: true,
    onProgress: (_, progress) => {
      replayedAt = performance.now();
      ({ events } = progress);
    },
    onBuilt: (_, candidate) => {
      comparison = candidate.comparison ?? [];
    },
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  const replayMs = replayedAt - startedAt;
  return [
    name,
    events,
    comparison.reduce((sum, { candidate }) => sum + candidate, 0),
    Math.round((1_000 * events) / replayMs),
    Math.round((user + system) / events),
    replayMs / 1_000,
    (performance.now() - startedAt) / 1_000,
    comparison.every(({ isEqual }) => isEqual) ? 'yes' : 'no',
  ];
};
