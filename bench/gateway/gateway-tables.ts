import type { Cell, Table } from '../report.ts';
import { median, medianRatio, quantile } from '../statistics.ts';
import { LIMIT, OURS } from './candidates.ts';
import { operations, type Operation } from './operations.ts';
import type { Sample, Samples } from './rounds.ts';
import type { Memory, RunningCandidate } from './running-candidates.ts';
import { judge, targets } from './targets.ts';

export type Missing = { readonly name: string; readonly reason: string };

/** The targets first, then a table for each operation and room for young objects. */
export const gatewayTables = (
  samples: Samples,
  memories: readonly Memory[],
  missing: readonly Missing[],
): readonly Table[] => [
  // The gateway is started with the larger room.
  ...memories.filter((memory) => memory === '64 MB').map((memory) => targetTable(samples, memory)),
  ...memories.flatMap((memory) => operations.map((operation) => costTable(samples, memory, operation))),
  ...(missing.length === 0
    ? []
    : [
        {
          title: 'Not compared',
          columns: ['candidate', 'why'],
          rows: missing.map(({ name, reason }) => [name, reason]),
        },
      ]),
];

const targetTable = (samples: Samples, memory: Memory): Table => {
  const ratioOf = (operation: string, name: string, other: string): number | undefined =>
    cpuRatio(samplesOf(samples, memory, operation, name), samplesOf(samples, memory, operation, other));
  return {
    title: `Targets: gateway CPU for each request, semi-space ${memory}`,
    columns: ['operation', 'target', 'measured', 'verdict'],
    rows: targets.map((target) => {
      const { operation, other, kind, ratio } = target;
      const { measured, verdict } = judge(target, ratioOf);
      const text = kind === 'at most' ? `ours ≤ ${ratio} × ${other}` : `ours ≤ 1/${ratio} of ${other}`;
      return [operation, text, measured === undefined ? undefined : rounded(measured), verdict];
    }),
  };
};

const costTable = (samples: Samples, memory: Memory, { name, what, connections }: Operation): Table => ({
  title: `${name}: ${what}; ${connections} connections, semi-space ${memory}`,
  columns: [
    'candidate',
    'subgraph calls',
    'CPU µs',
    '× limit',
    '× ours',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'RSS MB',
  ],
  rows: [...samples.keys()]
    .filter((running) => running.memory === memory)
    .map((running) => costRow(samples, running, name)),
});

const costRow = (samples: Samples, running: RunningCandidate, operation: string): readonly Cell[] => {
  const { candidate, memory } = running;
  const own = samples.get(running)?.get(operation) ?? [];
  const latenciesMs = own.flatMap((sample) => sample.latenciesMs);
  return [
    candidate.what,
    rounded(median(own.map(({ subgraphCalls }) => subgraphCalls))),
    median(own.map(({ cpuUs }) => cpuUs)),
    ratioCell(own, samplesOf(samples, memory, operation, LIMIT)),
    ratioCell(own, samplesOf(samples, memory, operation, OURS)),
    Math.round(median(own.map(({ perSecond }) => perSecond))),
    quantile(latenciesMs, 0.5),
    quantile(latenciesMs, 0.99),
    Math.round(Math.max(...own.map(({ residentBytes }) => residentBytes)) / 1_000_000),
  ];
};

const samplesOf = (
  samples: Samples,
  memory: Memory,
  operation: string,
  name: string,
): readonly Sample[] | undefined => {
  for (const [running, byOperation] of samples)
    if (running.candidate.name === name && running.memory === memory) return byOperation.get(operation);
  return undefined;
};

/** Each round against its neighbour. */
const cpuRatio = (
  left: readonly Sample[] | undefined,
  right: readonly Sample[] | undefined,
): number | undefined =>
  left === undefined || right === undefined
    ? undefined
    : medianRatio(
        left.map(({ cpuUs }) => cpuUs),
        right.map(({ cpuUs }) => cpuUs),
      );

const ratioCell = (own: readonly Sample[], other: readonly Sample[] | undefined): Cell => {
  const ratio = cpuRatio(own, other);
  return ratio === undefined ? undefined : rounded(ratio);
};

const rounded = (ratio: number): number => Math.round(ratio * 100) / 100;
