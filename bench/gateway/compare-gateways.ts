import { execFileSync } from 'node:child_process';
import type { Report } from '../report.ts';
import { candidates, LIMIT, OURS } from './candidates.ts';
import { gatewayTables, type Missing } from './gateway-tables.ts';
import { LOAD_CORE } from './pinned-process.ts';
import { measureInRounds, type Schedule } from './rounds.ts';
import { startCandidate, type Memory, type RunningCandidate } from './running-candidates.ts';
import { inSurroundings, type Surroundings } from './surroundings.ts';

type Options = {
  /** Fewer and shorter rounds, one room for young objects. */
  readonly isQuick: boolean;
  /** Names of candidates; all when there are none. */
  readonly only: readonly string[];
};

const usual: Schedule = { rounds: 5, firstWarmMs: 2_000, warmMs: 400, timedMs: 1_400 };
const quick: Schedule = { rounds: 3, firstWarmMs: 1_500, warmMs: 300, timedMs: 1_000 };

/**
 * The gateway beside its peers, and beside the least that anybody could do: the same supergraph, the same subgraphs and
 * the same load, each candidate alone on one core. Takes under 12 minutes, quick ones under 3; peers that are not yet
 * there are installed before. A peer that cannot be had is named in the report.
 *
 * @throws {Error} on another system than Linux.
 */
export const compareGateways = async ({ isQuick, only }: Options): Promise<Report> => {
  const unknown = only.filter((name) => !candidates.some((candidate) => candidate.name === name));
  if (unknown.length > 0)
    throw new Error(
      `There is no candidate ${unknown.join(', ')}; there are ${candidates.map(({ name }) => name).join(', ')}.`,
    );
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
