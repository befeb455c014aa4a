import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSupergraph } from '@saas/gateway';
import type { Report } from '../report.ts';
import { candidates, LIMIT, OURS } from './candidates.ts';
import { gatewayTables, type Missing } from './gateway-tables.ts';
import { LOAD_CORE } from './pinned-process.ts';
import { measureInRounds, type Schedule } from './rounds.ts';
import {
  startCandidate,
  type Memory,
  type RunningCandidate,
  type Surroundings,
} from './running-candidates.ts';
import { startSubgraphs, type Subgraphs } from './subgraphs.ts';
import { subgraphSchemas } from './subgraph-schemas.ts';

type Options = {
  /** Fewer and shorter rounds, one room for young objects. */
  readonly isQuick: boolean;
  /** Names of candidates; all when there are none. */
  readonly only: readonly string[];
};

const usual: Schedule = { rounds: 5, firstWarmMs: 2_000, warmMs: 400, timedMs: 1_600 };
const quick: Schedule = { rounds: 3, firstWarmMs: 1_500, warmMs: 300, timedMs: 1_000 };

/**
 * The gateway beside its peers, and beside the least that anybody could do: the same supergraph, the same subgraphs and
 * the same load, each candidate alone on one core. Takes under 12 minutes, quick ones under 3; peers that are not yet
 * there are installed before. A peer that cannot be had is named in the report.
 *
 * @throws {Error} on another system than Linux, which alone tells what a process has used and pins it to a core.
 */
export const compareGateways = async ({ isQuick, only }: Options): Promise<Report> => {
  if (process.platform !== 'linux') throw new Error('The gateways can be compared on Linux only.');
  const unknown = only.filter((name) => !candidates.some((candidate) => candidate.name === name));
  if (unknown.length > 0)
    throw new Error(
      `There is no candidate ${unknown.join(', ')}; there are ${candidates.map(({ name }) => name).join(', ')}.`,
    );
  process.once('SIGTERM', () => process.exit(143));
  const memories: readonly Memory[] = isQuick ? ['64 MB'] : ['default', '64 MB'];
  return inSurroundings(async (surroundings) => {
    const { running, missing } = await startAll(only, memories, surroundings);
    try {
      // The load is made here.
      execFileSync('taskset', ['-a', '-cp', String(LOAD_CORE), String(process.pid)]);
      const samples = await measureInRounds(running, surroundings.subgraphs, isQuick ? quick : usual);
      return { name: 'gateway', tables: gatewayTables(samples, memories, missing) };
    } finally {
      await Promise.all(running.map(async (each) => each.stop()));
    }
  });
};

const inSurroundings = async (work: (surroundings: Surroundings) => Promise<Report>): Promise<Report> => {
  const directory = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  let subgraphs: Subgraphs | undefined;
  try {
    subgraphs = await startSubgraphs(directory);
    const supergraphFile = join(directory, 'supergraph.graphql');
    await writeFile(supergraphFile, supergraphOf(subgraphs));
    return await work({ directory, supergraphFile, subgraphs });
  } finally {
    await subgraphs?.stop();
    await rm(directory, { recursive: true });
  }
};

const supergraphOf = ({ urls }: Subgraphs): string =>
  composeSupergraph(
    Object.entries(subgraphSchemas).map(([name, sdl]) => ({
      name,
      sdl,
      routingUrl: urls[name] ?? '',
      location: name,
    })),
  ).supergraphSdl;

/** Without the limit and ourselves there is nothing to compare with; without a peer there is. */
const startAll = async (
  only: readonly string[],
  memories: readonly Memory[],
  surroundings: Surroundings,
): Promise<{ readonly running: readonly RunningCandidate[]; readonly missing: readonly Missing[] }> => {
  const [running, missing]: [RunningCandidate[], Missing[]] = [[], []];
  for (const candidate of candidates) {
    if (only.length > 0 && !only.includes(candidate.name)) continue;
    try {
      for (const memory of memories) {
        console.log(`starting ${candidate.name}, semi-space ${memory} …`);
        running.push(await startCandidate(candidate, memory, surroundings));
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.warn(`${candidate.name} is missing: ${reason}`);
      if (candidate.name === LIMIT || candidate.name === OURS) {
        await Promise.all(running.map(async (each) => each.stop()));
        throw error;
      }
      missing.push({ name: candidate.name, reason: reason.split('\n')[0] ?? reason });
    }
  }
  return { running, missing };
};
