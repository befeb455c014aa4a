import { findRabbitMqBinary, findRedisBinary } from '@saas/local-stack';

/** Kinds of suites, each a project of the Jest configuration, in the order in which they are named. */
export const suiteKinds = ['unit', 'differential', 'integration', 'e2e', 'resilience'] as const;
export type SuiteKind = (typeof suiteKinds)[number];

/** A server that some suites need and that not every machine has: their files end in `.<name>.test.ts`. */
export type NeededServer = {
  readonly name: string;
  readonly program: string;
  readonly find: () => Promise<string | undefined>;
};

export const neededServers: readonly NeededServer[] = [
  { name: 'redis', program: 'redis-server', find: findRedisBinary },
  { name: 'rabbitmq', program: 'rabbitmq-server', find: findRabbitMqBinary },
];

export type TestPlan = {
  /** What Jest is told. */
  readonly jestArguments: readonly string[];
  /** What is not run here, and how to have it: for people. */
  readonly leftOut: readonly string[];
};

/**
 * Decides which of the test files this machine can run.
 *
 * Leading words that name a kind choose it, all that have files otherwise; the rest goes to Jest as it is.
 *
 * @param testFiles every `*.test.ts` below `tests/` and beside the code, by its path from the root.
 */
export const planTests = async (
  words: readonly string[],
  testFiles: readonly string[],
  servers: readonly NeededServer[] = neededServers,
): Promise<TestPlan> => {
  const firstOther = words.findIndex((word) => !isKind(word));
  const named = (firstOther === -1 ? words : words.slice(0, firstOther)).filter(isKind);
  const others = words.slice(named.length);
  const kinds =
    named.length > 0 ? named : suiteKinds.filter((kind) => testFiles.some((file) => kindOf(file) === kind));
  const missing: NeededServer[] = [];
  for (const server of servers) if ((await server.find()) === undefined) missing.push(server);
  const leftOut = missing.flatMap((server) => {
    const files = testFiles.filter((file) => file.endsWith(suffixOf(server)) && kinds.includes(kindOf(file)));
    return files.length === 0 ? [] : [complaintAbout(server, files)];
  });
  const ignored = ['/node_modules/', ...missing.map((server) => `\\.${server.name}\\.test\\.ts$`)];
  const workers = others.some((word) => /^(--maxWorkers|-w|--runInBand|-i)\b/.test(word))
    ? []
    : ['--maxWorkers=2'];
  return {
    jestArguments: [
      '--selectProjects',
      ...kinds,
      '--testPathIgnorePatterns',
      ...ignored,
      ...workers,
      ...others,
    ],
    leftOut,
  };
};

/** The totals that Jest writes with `--json`. */
export type JestTotals = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
};

/** One line that can be read alone. A file that could not even be loaded counts as one failure. */
export const summaryOf = (totals: JestTotals): string => {
  const failed = totals.numFailedTests + totals.numRuntimeErrorTestSuites;
  return `${totals.numPassedTests} passed, ${failed} failed`;
};

const isKind = (word: string): word is SuiteKind => suiteKinds.some((kind) => kind === word);

const kindOf = (file: string): SuiteKind =>
  suiteKinds.find((kind) => file.startsWith(`tests/${kind}/`)) ?? 'unit';

const suffixOf = ({ name }: NeededServer): string => `.${name}.test.ts`;

const complaintAbout = ({ program }: NeededServer, files: readonly string[]): string =>
  `Left out, for want of ${program}: ${files.join(', ')}. To run them, install it so that it is on the PATH ` +
  `(Debian and Ubuntu: apt-get install ${program}); it need not be running.`;
