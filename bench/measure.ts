import { median, medianRatio, quantile } from './statistics.ts';

/** Something that can be done again and again. */
export type Subject = {
  /** Makes what one round needs, outside the measured time; the function returned does the work once. */
  readonly prepare: () => Promise<() => Promise<unknown>>;
  /** Waits until nothing that the round has started is still under way. */
  readonly settle?: () => Promise<unknown>;
};

/** One subject's rounds at one concurrency. */
export type Measured = {
  readonly perSecond: number;
  /** Of this process, for each run of the work; the database's own time is not in it. */
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly runs: number;
};

export type Compared = {
  readonly ours: Measured;
  readonly baseline: Measured;
  /** Ours through the baseline's, each round against its neighbour: below 1 for throughput, above 1 for CPU. */
  readonly perSecondRatio: number;
  readonly cpuRatio: number;
};

/** Bounds of one round: whichever comes first ends it. */
export type Bounds = {
  readonly concurrency: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly runsMax: number;
};

/** Measures two subjects in turn, round by round, so that whatever else the machine does meets both. */
export const compare = async (ours: Subject, baseline: Subject, bounds: Bounds): Promise<Compared> => {
  const rounds: { readonly ours: Round; readonly baseline: Round }[] = [];
  for (let index = 0; index < bounds.rounds; index += 1) {
    rounds.push({ ours: await roundOf(ours, bounds), baseline: await roundOf(baseline, bounds) });
  }
  const [left, right] = [rounds.map((round) => round.ours), rounds.map((round) => round.baseline)];
  return {
    ours: summary(left),
    baseline: summary(right),
    perSecondRatio: medianRatio(left.map(perSecond), right.map(perSecond)),
    cpuRatio: medianRatio(left.map(cpuUs), right.map(cpuUs)),
  };
};

/** Runs each subject for a moment, so that nothing is measured while it is compiled, connected or planned. */
export const warmUp = async (subjects: readonly Subject[], roundMs: number): Promise<void> => {
  for (const subject of subjects)
    await roundOf(subject, { concurrency: 8, rounds: 1, roundMs, runsMax: 100 });
};

type Round = { readonly elapsedMs: number; readonly cpuUs: number; readonly latenciesMs: readonly number[] };

const perSecond = ({ latenciesMs, elapsedMs }: Round): number => (latenciesMs.length / elapsedMs) * 1_000;
const cpuUs = (round: Round): number => round.cpuUs / round.latenciesMs.length;

const roundOf = async (
  { prepare, settle }: Subject,
  { concurrency, roundMs, runsMax }: Bounds,
): Promise<Round> => {
  const run = await prepare();
  const latenciesMs: number[] = [];
  let begun = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (begun < runsMax && performance.now() - startedAt < roundMs) {
      begun += 1;
      const beganAt = performance.now();
      await run();
      latenciesMs.push(performance.now() - beganAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  await settle?.();
  return { elapsedMs, cpuUs: user + system, latenciesMs };
};

const summary = (rounds: readonly Round[]): Measured => {
  const latenciesMs = rounds.flatMap((round) => round.latenciesMs);
  return {
    perSecond: median(rounds.map(perSecond)),
    cpuUs: median(rounds.map(cpuUs)),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    runs: latenciesMs.length,
  };
};
