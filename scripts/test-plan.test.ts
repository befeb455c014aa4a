import { describe, expect, it } from '@jest/globals';
import { planTests, summaryOf, type NeededServer } from './test-plan.ts';

const server = (name: string, path: string | undefined): NeededServer => ({
  name,
  program: `${name}-server`,
  find: async () => path,
});
const redis = server('redis', '/usr/bin/redis-server');
const noRabbit = server('rabbitmq', undefined);
const files = [
  'packages/kernel/ids.test.ts',
  'tests/integration/event-store.test.ts',
  'tests/integration/message-bus.rabbitmq.test.ts',
  'tests/integration/cache.redis.test.ts',
];

describe('the plan of a test run', () => {
  it('has every kind of which there are files', async () => {
    const { jestArguments } = await planTests([], files, []);
    expect(jestArguments.join(' ')).toBe(
      '--selectProjects unit integration --testPathIgnorePatterns /node_modules/ --maxWorkers=2',
    );
  });

  it('has the kinds that are named, and hands the rest to Jest', async () => {
    const { jestArguments } = await planTests(['e2e', 'unit', '--testPathPatterns', 'unit'], files, []);
    expect(jestArguments.join(' ')).toMatch(/^--selectProjects e2e unit --.* --testPathPatterns unit$/);
  });

  it('leaves the number of workers to who names it', async () => {
    const { jestArguments } = await planTests(['--maxWorkers=1'], files, []);
    expect(jestArguments.filter((argument) => argument.startsWith('--maxWorkers'))).toEqual([
      '--maxWorkers=1',
    ]);
  });

  it('leaves out what needs a server that is not here, and says how to get it', async () => {
    const { jestArguments, leftOut } = await planTests([], files, [redis, noRabbit]);
    const ignored = jestArguments.slice(jestArguments.indexOf('--testPathIgnorePatterns') + 1);
    const patterns = ignored.map((argument) => new RegExp(argument));
    const runs = (file: string) => !patterns.some((pattern) => pattern.test(file));
    expect(files.map(runs)).toEqual([true, true, false, true]);
    expect(leftOut).toEqual([expect.stringMatching(/rabbitmq-server: .*message-bus.*apt-get install/)]);
  });

  it('says nothing of a server that nobody needs', async () => {
    expect((await planTests(['unit'], files, [noRabbit])).leftOut).toEqual([]);
  });
});

it('counts a file that cannot be loaded as a failure', () => {
  const totals = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 3, numRuntimeErrorTestSuites: 2 };
  expect(summaryOf(totals)).toBe('7 passed, 3 failed');
});
