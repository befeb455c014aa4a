import { setTimeout as pauseFor } from 'node:timers/promises';
import { startBenchDatabases } from './bench-databases.ts';
import { newOwner, startBenchProjects, type BenchProjects } from './bench-projects.ts';
import { createProjects, newName, type BenchProject } from './project-commands.ts';
import type { Cell, Report } from './report.ts';
import { statementCounter } from './statement-count.ts';

const READS = 100;
const PAUSES_MS = [0, 5, 20];

/** How many reads the replicas take off the primary: of those who do not care, and of those who have just written. */
export const replicaReads = async (): Promise<Report> => {
  const databases = await startBenchDatabases('full');
  const counter = statementCounter();
  try {
    const projects = await startBenchProjects(await databases.provide('projects'), counter.onStatement);
    try {
      const rows = await rowsOf(projects, counter);
      const columns = ['read', 'by a replica', 'by the primary'];
      return {
        name: 'replica-reads',
        tables: [{ title: `Who answers a read, share of ${READS}`, columns, rows }],
      };
    } finally {
      await projects.stop();
    }
  } finally {
    await databases.stop();
  }
};

type Counter = ReturnType<typeof statementCounter>;

const rowsOf = async (projects: BenchProjects, counter: Counter): Promise<readonly (readonly Cell[])[]> => {
  const [project] = await createProjects(projects.services, newOwner(), 1);
  if (!project) throw new Error('No project was created.');
  await pauseFor(1_000);
  const read = (token?: string) => readProject(projects, project, token);
  const rows = [await shares('nobody writes', counter, async () => ({ read: () => read() }))];
  const rename = () => renameByEndpoint(projects, project);
  const busily = async () => {
    await rename();
    return { read: () => read() };
  };
  rows.push(await shares('after somebody else’s write, no token', counter, busily));
  for (const pauseMs of PAUSES_MS) {
    const when = pauseMs === 0 ? 'at once' : `${pauseMs} ms later`;
    const own = async () => {
      const token = await rename();
      if (pauseMs > 0) await pauseFor(pauseMs);
      return { read: () => read(token) };
    };
    rows.push(await shares(`after one’s own write, with its token, ${when}`, counter, own));
  }
  return rows;
};

const shares = async (
  name: string,
  counter: Counter,
  prepare: () => Promise<{ readonly read: () => Promise<unknown> }>,
): Promise<readonly Cell[]> => {
  let byPrimary = 0;
  for (let done = 0; done < READS; done += 1) {
    const { read } = await prepare();
    counter.reset();
    await read();
    // A replica that is behind is asked and left; whoever asks the primary was answered by it.
    if (counter.of(1).primaryTransactions > 0) byPrimary += 1;
  }
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const onPrimary = byPrimary / READS;
  return [name, percent(1 - onPrimary), percent(onPrimary)];
};

const readProject = async ({ ask }: BenchProjects, { viewer, state }: BenchProject, token?: string) => {
  const query = 'query ($id: ID!) { project(id: $id) { id name version } }';
  await ask(viewer, query, { id: state.projectId }, token);
};

const renameByEndpoint = async ({ ask }: BenchProjects, { viewer, state }: BenchProject) => {
  const query =
    'mutation ($input: RenameProjectInput!) { renameProject(input: $input) { project { version } } }';
  const { token } = await ask(viewer, query, { input: { projectId: state.projectId, name: newName() } });
  return token;
};
