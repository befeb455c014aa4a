import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './docs-modules.ts';
import { historySeconds } from './history-seconds.ts';
import { takeOption } from './take-option.ts';
import { planTests, summaryOf, type JestTotals } from './test-plan.ts';

/**
 * `npm test [-- [unit|differential|integration|e2e|resilience ...] [options] [arguments for Jest]]`: runs every suite that
 * this machine can run. With `CI=true` a suite that it cannot run is a failure.
 *
 * `--seconds N`: for how long the history test kills servers at random. `--cancelled-calls N`: how many calls are begun and
 * left in the search for leaks.
 */
const main = async (): Promise<number> => {
  const calls = takeOption('--cancelled-calls', process.argv.slice(2));
  const { seconds, words } = historySeconds(calls.words, process.env['HISTORY_SECONDS']);
  const { jestArguments, leftOut } = await planTests(words, testFiles());
  for (const line of leftOut) console.warn(line);
  if (leftOut.length > 0 && process.env['CI'] === 'true') {
    console.error('With CI=true nothing may be left out.');
    console.log('0 passed, 1 failed');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'saas-test-'));
  try {
    const outputFile = join(folder, 'totals.json');
    const code = await runJest(['--json', `--outputFile=${outputFile}`, ...jestArguments], {
      HISTORY_SECONDS: String(seconds),
      ...(calls.value !== undefined && { CANCELLED_CALLS: String(calls.value) }),
    });
    const totals = readTotals(outputFile);
    if (totals === undefined) return code === 0 ? 1 : code;
    if (totals.numPendingTests > 0) console.log(`${totals.numPendingTests} skipped on this machine`);
    console.log(summaryOf(totals));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const root = repositoryRoot();

const testFiles = (): readonly string[] =>
  ['packages', 'subgraphs', 'gateway', 'scripts', 'bench', 'tests'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts') && !/(^|\/)(node_modules|dist)\//.test(file))
      .map((file) => `${room}/${file}`),
  );

/** Resolves with Jest's exit code. Ctrl-C reaches Jest too; we stay until it has put everything away. */
const runJest = (words: readonly string[], settings: Readonly<Record<string, string>>): Promise<number> => {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = [
    process.env['NODE_OPTIONS'],
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
  ];
  const child = spawn(process.execPath, [jest, ...words], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: options.filter((option) => option !== undefined).join(' '),
      ...settings,
    },
  });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 130));
  });
};

/** Undefined when Jest ended before it could count. */
const readTotals = (file: string): JestTotals | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestTotals;
  } catch {
    return undefined;
  }
};

process.exitCode = await main();
