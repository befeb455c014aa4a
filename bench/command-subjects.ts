import type { BaselineThing, BaselineWriter } from './baseline-writer.ts';
import { newOwner, type BenchProjects } from './bench-projects.ts';
import type { Subject } from './measure.ts';
import {
  archiveProject,
  createProjects,
  createTasks,
  moveTask,
  newName,
  renameProject,
  statusToCome,
  type BenchProject,
  type BenchTask,
} from './project-commands.ts';

const TENANTS = 8;
const POOL_PER_TENANT = 25;

/** How many fresh things one round may use up. */
export const RUNS_MAX = 200;

/** A command as the service does it, and the baseline's transaction that leaves the same rows. */
export type CommandCase = {
  readonly name: string;
  /** How many commands one run carries out. */
  readonly size: number;
  readonly ours: Subject;
  readonly baseline: Subject;
};

/** Every command on either path. Each goes round things of several tenants, so that no two at once meet the same. */
export const commandCases = async (
  projects: BenchProjects,
  writer: BaselineWriter,
): Promise<readonly CommandCase[]> => {
  const world = await makeWorld(projects);
  const theirs = await makeBaselineWorld(writer);
  const { owners } = world;
  const rename = always(() => writer.rename(theirs.nextProject()));
  const move = always(() => writer.move(theirs.nextTask()));
  const create = always(() => writer.create('task', next(owners), 1));
  const baselines = { rename, move, create };
  return [...handlerCases(projects, writer, world, baselines), ...endpointCases(projects, world, baselines)];
};

type World = {
  readonly owners: readonly BenchProject['viewer'][];
  /** Projects that keep their version. */
  readonly nextHome: () => BenchProject;
  /** Projects that are renamed. */
  readonly nextProject: () => BenchProject;
  readonly nextTask: () => BenchTask;
};
type Baselines = Readonly<Record<'rename' | 'move' | 'create', Subject>>;

const handlerCases = (
  { services, settle }: BenchProjects,
  writer: BaselineWriter,
  { owners, nextHome, nextProject, nextTask }: World,
  baselines: Baselines,
): readonly CommandCase[] => {
  const ours = (run: () => Promise<unknown>): Subject => ({ prepare: async () => run, settle });
  const claim = () => ({ scope: 'bench', key: `key-${(keys += 1)}`, requestHash: 'bench' });
  return [
    {
      name: 'createTask',
      size: 1,
      ours: ours(() => createTasks(services, nextHome(), 1)),
      baseline: baselines.create,
    },
    {
      name: 'createTask, idempotency key',
      size: 1,
      ours: ours(() => createTasks(services, nextHome(), 1, { claim: claim() })),
      baseline: always(() => writer.create('task', next(owners), 1, claim().key)),
    },
    {
      name: 'renameProject',
      size: 1,
      ours: ours(() => renameProject(services, nextProject())),
      baseline: baselines.rename,
    },
    { name: 'moveTask', size: 1, ours: ours(() => moveTask(services, nextTask())), baseline: baselines.move },
    {
      name: 'archiveProject',
      size: 1,
      ours: {
        prepare: async () => {
          const fresh = eachOnce(await createProjects(services, next(owners), RUNS_MAX));
          await settle();
          return () => archiveProject(services, fresh());
        },
        settle,
      },
      baseline: {
        prepare: async () => {
          const fresh = eachOnce(await writer.create('project', next(owners), RUNS_MAX));
          return () => writer.archive(fresh());
        },
      },
    },
    {
      name: '100 × createTask in one request',
      size: 100,
      ours: ours(() => createTasks(services, nextHome(), 100)),
      baseline: always(() => writer.create('task', next(owners), 100)),
    },
  ];
};

let keys = 0;

const endpointCases = (
  { ask, settle }: BenchProjects,
  { nextHome, nextProject, nextTask }: World,
  baselines: Baselines,
): readonly CommandCase[] => {
  const mutate = async (viewer: BenchProject['viewer'], name: string, thing: string, input: object) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${thing} { id version } userErrors { code } } }`;
    const { data } = await ask(viewer, query, { input });
    const payload = data[name] as { readonly userErrors: readonly { readonly code: string }[] };
    if (payload.userErrors.length > 0) throw new Error(`${name} was refused: ${payload.userErrors[0]?.code}`);
  };
  const ours = (run: () => Promise<unknown>): Subject => ({ prepare: async () => run, settle });
  const create = () => {
    const { viewer, state } = nextHome();
    return mutate(viewer, 'createTask', 'task', { projectId: state.projectId, title: 'Grease the joints' });
  };
  const rename = () => {
    const { viewer, state } = nextProject();
    return mutate(viewer, 'renameProject', 'project', { projectId: state.projectId, name: newName() });
  };
  const move = () => {
    const task = nextTask();
    const input = { taskId: task.stream.slice('task-'.length), status: statusToCome(task) };
    return mutate(task.home.viewer, 'moveTask', 'task', input);
  };
  return [
    { name: 'GraphQL createTask', size: 1, ours: ours(create), baseline: baselines.create },
    { name: 'GraphQL renameProject', size: 1, ours: ours(rename), baseline: baselines.rename },
    { name: 'GraphQL moveTask', size: 1, ours: ours(move), baseline: baselines.move },
  ];
};

const makeWorld = async ({ services, settle }: BenchProjects): Promise<World> => {
  const owners = Array.from({ length: TENANTS }, newOwner);
  const homes: BenchProject[] = [];
  const projects: BenchProject[] = [];
  const tasks: BenchTask[] = [];
  for (const owner of owners) {
    const [home, ...others] = await createProjects(services, owner, 1 + POOL_PER_TENANT);
    if (!home) throw new Error('A project was created and is absent.');
    homes.push(home);
    projects.push(...others);
    tasks.push(...(await createTasks(services, home, POOL_PER_TENANT)));
  }
  await settle();
  return { owners, nextHome: inTurn(homes), nextProject: inTurn(projects), nextTask: inTurn(tasks) };
};

const makeBaselineWorld = async (writer: BaselineWriter) => {
  const owners = Array.from({ length: TENANTS }, newOwner);
  const projects: BaselineThing[] = [];
  const tasks: BaselineThing[] = [];
  for (const owner of owners) {
    projects.push(...(await writer.create('project', owner, POOL_PER_TENANT)));
    tasks.push(...(await writer.create('task', owner, POOL_PER_TENANT)));
  }
  return { nextProject: inTurn(projects), nextTask: inTurn(tasks) };
};

const always = (run: () => Promise<unknown>): Subject => ({ prepare: async () => run });

/** Gives the items one after the other, over and over. */
const inTurn = <Item>(items: readonly Item[]): (() => Item) => {
  let turn = 0;
  return () => {
    const item = items[(turn += 1) % items.length];
    if (item === undefined) throw new Error('There is nothing to take.');
    return item;
  };
};

/** Gives each item once. */
const eachOnce = <Item>(items: readonly Item[]): (() => Item) => {
  const left = [...items];
  return () => {
    const item = left.pop();
    if (item === undefined) throw new Error('Everything is used up.');
    return item;
  };
};

const next = <Item>(items: readonly Item[]): Item => {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to take.');
  return item;
};
