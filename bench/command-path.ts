import type { Durability } from '@saas/local-stack';
import { BaselineWriter } from './baseline-writer.ts';
import { startBenchDatabases, type BenchShards } from './bench-databases.ts';
import { startBenchProjects } from './bench-projects.ts';
import { commandCases, RUNS_MAX, type CommandCase } from './command-subjects.ts';
import { compare, warmUp, type Compared } from './measure.ts';
import type { Cell, Report, Table } from './report.ts';
import { statementCounter } from './statement-count.ts';

/** What the disk adds is seen at one of them. */
const CONCURRENCIES = { full: [1, 4, 16], process: [4] } as const;
const ROUNDS = 5;
const ROUND_MS = 100;
const COUNTED = 10;

/**
 * What a command costs on one shard, from the decision to the commit, beside a transaction written by hand: once with
 * a log that survives a loss of power, once without, which shows what the disk adds.
 */
export const commandPath = async (): Promise<Report> => {
  const counts: Table[] = [];
  const speeds: Table[] = [];
  for (const durability of ['full', 'process'] as const) {
    const databases = await startBenchDatabases(durability);
    try {
      const shards = await databases.provide('projects');
      const baseline = await databases.copy('projects', 'projects_baseline');
      // Statements are the same however durable the log is.
      if (counts.length === 0) counts.push(await countedStatements(shards, baseline));
      speeds.push(await measuredSpeeds(durability, shards, baseline));
    } finally {
      await databases.stop();
    }
  }
  return { name: 'command-path', tables: [...counts, ...speeds] };
};

const countedStatements = (shards: BenchShards, baseline: BenchShards): Promise<Table> => {
  const counter = statementCounter();
  return withCases(shards, baseline, counter.onStatement, async (cases, settle) => {
    const rows: (readonly Cell[])[] = [];
    for (const { name, ours } of cases) {
      const run = await ours.prepare();
      await run();
      await settle();
      counter.reset();
      for (let done = 0; done < COUNTED; done += 1) await run();
      await settle();
      const { statements, primaryTransactions } = counter.of(COUNTED);
      rows.push([name, statements, primaryTransactions, 2 * primaryTransactions]);
    }
    const columns = ['request', 'statements', 'transactions', 'BEGIN and COMMIT'];
    return { title: 'Prisma statements for each request', columns, rows };
  });
};

const measuredSpeeds = (durability: Durability, shards: BenchShards, baseline: BenchShards): Promise<Table> =>
  withCases(shards, baseline, undefined, async (cases) => {
    const rows: (readonly Cell[])[] = [];
    for (const each of cases) {
      await warmUp([each.ours, each.baseline], ROUND_MS);
      for (const concurrency of CONCURRENCIES[durability]) {
        const bounds = { concurrency, rounds: ROUNDS, roundMs: ROUND_MS, runsMax: RUNS_MAX };
        rows.push(rowOf(each, concurrency, await compare(each.ours, each.baseline, bounds)));
      }
    }
    const columns = [
      'request',
      'at once',
      'commands/s',
      'by hand/s',
      'ratio',
      'CPU µs',
      'CPU by hand',
      'ratio',
      'p50 ms',
      'p99 ms',
    ];
    return { title: `Commands on one shard, durability \`${durability}\``, columns, rows };
  });

const rowOf = ({ name, size }: CommandCase, concurrency: number, compared: Compared): readonly Cell[] => {
  const { ours, baseline, perSecondRatio, cpuRatio } = compared;
  const whole = Math.round;
  const speed = [whole(ours.perSecond * size), whole(baseline.perSecond * size), perSecondRatio];
  const cpu = [whole(ours.cpuUs / size), whole(baseline.cpuUs / size), cpuRatio];
  return [name, concurrency, ...speed, ...cpu, ours.p50Ms, ours.p99Ms];
};

const withCases = async <Result>(
  shards: BenchShards,
  baseline: BenchShards,
  onStatement: ((sql: string) => void) | undefined,
  work: (cases: readonly CommandCase[], settle: () => Promise<void>) => Promise<Result>,
): Promise<Result> => {
  const projects = await startBenchProjects(shards, onStatement);
  const writer = new BaselineWriter(baseline[0]?.primary ?? '');
  try {
    return await work(await commandCases(projects, writer), projects.settle);
  } finally {
    await writer.close();
    await projects.stop();
  }
};
