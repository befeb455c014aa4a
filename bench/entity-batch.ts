import type { AuthenticatedViewer } from '@saas/auth';
import pg from 'pg';
import { startBenchDatabases, type BenchDatabases, type BenchShards } from './bench-databases.ts';
import { newOwner, startBenchProjects, type BenchProjects } from './bench-projects.ts';
import { startBenchUsers } from './bench-users.ts';
import { compare, warmUp, type Subject } from './measure.ts';
import { createProjects, createTasks } from './project-commands.ts';
import type { Cell, Report } from './report.ts';
import { statementCounter } from './statement-count.ts';
import type { Ask } from './subgraph-client.ts';

const BATCH = 100;
const CONCURRENCIES = [1, 4, 16];
const ROUNDS = 5;
const ROUND_MS = 180;
const COUNTED = 20;

/**
 * What it costs to resolve references to {@link BATCH} entities by a subgraph's endpoint, as the gateway's plans do,
 * beside the bare statement by hand on the same replicas.
 */
export const entityBatch = async (): Promise<Report> => {
  const databases = await startBenchDatabases('process');
  try {
    const rows = [...(await projectRows(databases)), ...(await userRows(databases))];
    const columns = [
      `${BATCH} of`,
      'at once',
      'statements',
      'transactions',
      'batches/s',
      'by hand/s',
      'ratio',
      'CPU µs',
      'CPU by hand',
      'ratio',
      'p50 ms',
      'p99 ms',
    ];
    return {
      name: 'entity-batch',
      tables: [{ title: `\`_entities\` with ${BATCH} references`, columns, rows }],
    };
  } finally {
    await databases.stop();
  }
};

type Batch = {
  readonly type: string;
  readonly fields: string;
  readonly ids: readonly string[];
  /** The statement by hand; `$1` the ids. */
  readonly sql: string;
};

type Rows = readonly (readonly Cell[])[];

const projectRows = async (databases: BenchDatabases): Promise<Rows> => {
  const shards = await databases.provide('projects');
  const viewer = newOwner();
  const { batches, counts } = await countedBatches(shards, viewer);
  // Started again without the counter, which costs time.
  const projects = await startBenchProjects(shards);
  try {
    const rows = await inTurn(batches, (batch, place) =>
      measured(projects.ask, viewer, shards, batch, counts[place] ?? []),
    );
    return rows.flat();
  } finally {
    await projects.stop();
  }
};

const countedBatches = async (shards: BenchShards, viewer: AuthenticatedViewer) => {
  const counter = statementCounter();
  const projects = await startBenchProjects(shards, counter.onStatement);
  try {
    const batches = await makeBatches(projects, viewer);
    const counts = await inTurn(batches, async (batch) => {
      await entities(projects.ask, viewer, batch);
      counter.reset();
      for (let done = 0; done < COUNTED; done += 1) await entities(projects.ask, viewer, batch);
      const { statements, primaryTransactions, replicaTransactions } = counter.of(COUNTED);
      return [statements, primaryTransactions + replicaTransactions];
    });
    return { batches, counts };
  } finally {
    await projects.stop();
  }
};

const makeBatches = async ({ services, settle }: BenchProjects, viewer: AuthenticatedViewer) => {
  const projects = await createProjects(services, viewer, BATCH);
  const [home] = projects;
  if (!home) throw new Error('No project was created.');
  const tasks = await createTasks(services, home, BATCH);
  await settle();
  return [
    projectBatch(projects.map(({ state }) => state.projectId)),
    taskBatch(tasks.map(({ stream }) => stream.slice('task-'.length))),
  ];
};

const userRows = async (databases: BenchDatabases): Promise<Rows> => {
  const shards = await databases.provide('users');
  const users = await startBenchUsers(shards);
  try {
    const { viewer, userIds } = await users.tenantOf(BATCH);
    const sql =
      'SELECT user_id, name, email, role, status, version, created_at FROM accounts WHERE user_id = ANY($1)';
    const fields = 'id name email role status version createdAt';
    return await measured(users.ask, viewer, shards, { type: 'User', fields, ids: userIds, sql }, []);
  } finally {
    await users.stop();
  }
};

const projectBatch = (ids: readonly string[]): Batch => ({
  type: 'Project',
  fields: 'id name description status viewerRole version createdAt',
  ids,
  sql: 'SELECT project_id, name, description, archived_at, version, created_at FROM projects WHERE project_id = ANY($1)',
});

const taskBatch = (ids: readonly string[]): Batch => ({
  type: 'Task',
  fields: 'id title description status dueAt version createdAt',
  ids,
  sql: 'SELECT task_id, title, description, status, due_at, version, created_at FROM tasks WHERE task_id = ANY($1)',
});

const measured = async (
  ask: Ask,
  viewer: AuthenticatedViewer,
  shards: BenchShards,
  batch: Batch,
  counts: readonly Cell[],
): Promise<Rows> => {
  const byHand = replicaPools(shards, viewer);
  const ours: Subject = { prepare: async () => () => entities(ask, viewer, batch) };
  const baseline: Subject = { prepare: async () => () => byHand.rows(batch.sql, batch.ids) };
  try {
    await warmUp([ours, baseline], 2 * ROUND_MS);
    return await inTurn(CONCURRENCIES, async (concurrency) => {
      const bounds = { concurrency, rounds: ROUNDS, roundMs: ROUND_MS, runsMax: 10_000 };
      const compared = await compare(ours, baseline, bounds);
      const { perSecondRatio, cpuRatio } = compared;
      const { perSecond, cpuUs, p50Ms, p99Ms } = compared.ours;
      return [
        batch.type,
        concurrency,
        counts[0],
        counts[1],
        Math.round(perSecond),
        Math.round(compared.baseline.perSecond),
        perSecondRatio,
        Math.round(cpuUs),
        Math.round(compared.baseline.cpuUs),
        cpuRatio,
        p50Ms,
        p99Ms,
      ];
    });
  } finally {
    await byHand.close();
  }
};

const entities = async (
  ask: Ask,
  viewer: AuthenticatedViewer,
  { type, fields, ids }: Batch,
): Promise<void> => {
  const query = `query ($references: [_Any!]!) { _entities(representations: $references) { ... on ${type} { ${fields} } } }`;
  const references = ids.map((id) => ({ __typename: type, id }));
  const { data } = await ask(viewer, query, { references });
  const found = data['_entities'] as readonly unknown[];
  if (found.length !== ids.length || found.includes(null)) throw new Error(`A ${type} was not found.`);
};

/** One pool for each replica, asked in turn; every connection belongs to the viewer's tenant for good. */
const replicaPools = (shards: BenchShards, { tenantId }: AuthenticatedViewer) => {
  const pools = (shards[0]?.replicas ?? []).map(
    (connectionString) => new pg.Pool({ connectionString, max: 8, options: `-c app.tenant_id=${tenantId}` }),
  );
  // A connection may learn of the servers' end before its own has come through.
  for (const pool of pools) pool.on('error', () => undefined);
  let turn = 0;
  return {
    rows: async (text: string, ids: readonly string[]): Promise<void> => {
      const pool = pools[(turn += 1) % pools.length];
      const answer = await pool?.query({ name: 'batch', text, values: [ids] });
      if (answer?.rowCount !== ids.length) throw new Error('The statement by hand found too little.');
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.end()))),
  };
};

const inTurn = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item, place: number) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const [place, item] of items.entries()) results.push(await work(item, place));
  return results;
};
