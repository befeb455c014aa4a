import { underLoad } from './load.ts';
import { operations, requestBody, type Operation } from './operations.ts';
import { processUsage } from './process-usage.ts';
import { GRAPHQL_PATH, type RunningCandidate } from './running-candidates.ts';
import type { Subgraphs } from './subgraphs.ts';

/** One timed window of one candidate with one operation. */
export type Sample = {
  /** Microseconds of the candidate's process for each request, all its threads together. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly residentBytes: number;
  /** Calls to subgraphs for each request; fewer than the plan's when calls of several requests are made as one. */
  readonly subgraphCalls: number;
};

/** The samples of a candidate, by operation, one for each round. */
export type Samples = ReadonlyMap<RunningCandidate, ReadonlyMap<string, readonly Sample[]>>;

export type Schedule = {
  readonly rounds: number;
  /** Before the first round, for the compiler of the engine. */
  readonly firstWarmMs: number;
  readonly warmMs: number;
  readonly timedMs: number;
};

/**
 * Measures candidates in turn, round by round, so that whatever else the machine does meets all of them. Every other
 * round goes the other way.
 */
export const measureInRounds = async (
  running: readonly RunningCandidate[],
  subgraphs: Subgraphs,
  { rounds, firstWarmMs, warmMs, timedMs }: Schedule,
): Promise<Samples> => {
  const samples = new Map(
    running.map((each) => [each, new Map(operations.map(({ name }) => [name, [] as Sample[]]))]),
  );
  console.log('warming up …');
  for (const operation of operations)
    for (const each of running)
      await sampleOf(each, operation, subgraphs, { warmMs: firstWarmMs, timedMs: 100 });
  for (let round = 1; round <= rounds; round += 1) {
    console.log(`round ${round} of ${rounds} …`);
    for (const operation of operations)
      for (const each of round % 2 === 0 ? running.toReversed() : running)
        samples
          .get(each)
          ?.get(operation.name)
          ?.push(await sampleOf(each, operation, subgraphs, { warmMs, timedMs }));
  }
  return samples;
};

const sampleOf = async (
  { pid, port, candidate }: RunningCandidate,
  operation: Operation,
  subgraphs: Subgraphs,
  times: { readonly warmMs: number; readonly timedMs: number },
): Promise<Sample> => {
  const edges: number[] = [];
  const load = { port, path: GRAPHQL_PATH, body: requestBody(operation), connections: operation.connections };
  try {
    await subgraphs.countCalls();
    const { elapsedMs, latenciesMs, answers } = await underLoad(load, times, () => {
      edges.push(processUsage(pid).cpuMs);
    });
    const [from = 0, to = 0] = edges;
    return {
      cpuUs: ((to - from) * 1_000) / latenciesMs.length,
      perSecond: (latenciesMs.length * 1_000) / elapsedMs,
      latenciesMs,
      residentBytes: processUsage(pid).residentBytes,
      subgraphCalls: (await subgraphs.countCalls()) / answers,
    };
  } catch (error) {
    throw new Error(`${candidate.name} failed under load with "${operation.name}"`, { cause: error });
  }
};
