import { describe, expect, it } from '@jest/globals';
import { candidates } from './candidates.ts';
import { gatewayTables } from './gateway-tables.ts';
import type { Sample } from './rounds.ts';
import type { Memory, RunningCandidate } from './running-candidates.ts';

const sample = (cpuUs: number): Sample => ({
  cpuUs,
  perSecond: 100,
  latenciesMs: [1, 2, 3],
  residentBytes: 90_000_000,
  subgraphCalls: 1,
});

/** A candidate that costs this much in each round, whatever it is asked. */
const measured = (name: string, memory: Memory, rounds: readonly number[]) => {
  const candidate = candidates.find((each) => each.name === name);
  if (candidate === undefined) throw new Error(`There is no candidate ${name}.`);
  const running: RunningCandidate = {
    candidate,
    memory,
    pid: 0,
    port: 0,
    logFile: '',
    stop: () => Promise.resolve(),
  };
  const samples = rounds.map(sample);
  return [
    running,
    new Map([
      ['small', samples],
      ['hop', samples],
      ['large', samples],
    ]),
  ] as const;
};

const verdicts = (samples: Parameters<typeof gatewayTables>[0]) =>
  gatewayTables(samples, ['default', '64 MB'], [])
    .find(({ title }) => title.startsWith('Targets'))
    ?.rows.map((row) => row.at(-1));

describe('gatewayTables', () => {
  it('judges candidates by their rounds with the larger room alone', () => {
    const samples = new Map([
      measured('limit', 'default', [1]),
      measured('limit', '64 MB', [100, 200, 100]),
      measured('ours', '64 MB', [105, 210, 900]),
      measured('stock', '64 MB', [1_200, 2_400, 1_200]),
    ]);
    expect(verdicts(samples)).toEqual([
      'holds',
      'holds',
      'holds',
      'holds',
      'not measured',
      'holds',
      'not measured',
      'not measured',
      'missed',
      'not measured',
      'not measured',
    ]);
  });

  it('gives each candidate a row in the tables of its room', () => {
    const tables = gatewayTables(
      new Map([measured('limit', 'default', [50]), measured('ours', 'default', [100])]),
      ['default'],
      [],
    );
    expect(tables.map(({ rows }) => rows.map((row) => row.slice(0, 5)))).toEqual(
      ['small', 'hop', 'large'].map(() => [
        ['by hand', 1, 50, 1, 0.5],
        ['this gateway', 1, 100, 2, 1],
      ]),
    );
  });

  it('says who is missing, and why', () => {
    const tables = gatewayTables(new Map(), [], [{ name: 'hive', reason: 'cannot be installed' }]);
    expect(tables).toEqual([
      { title: 'Not compared', columns: ['candidate', 'why'], rows: [['hive', 'cannot be installed']] },
    ]);
  });
});
