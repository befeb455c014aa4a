import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createLogger } from '@saas/telemetry';
import { fileSource } from './file-source.ts';
import { startGenerations } from './generations.ts';
import { fakeCompiler, fakePlanners } from './planning-doubles.fixture.ts';
import { until } from './until.fixture.ts';

jest.setTimeout(120_000);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generations-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

it('a file that is good and broken in turn, 1,000 times and in every way, never costs the last good supergraph', async () => {
  const file = join(folder, 'supergraph.graphql');
  const write = async (text: string, turn: number): Promise<void> => {
    if (turn % 3 === 0) return writeFile(file, text);
    if (turn % 3 === 1) await rm(file, { force: true });
    await writeFile(`${file}~`, text);
    return rename(`${file}~`, file);
  };
  await write('type Query { good0: Int }', 0);
  const generations = await startGenerations({
    source: fileSource(file, { settleMs: 2, pollMs: 100 }),
    compiler: fakeCompiler,
    logger: createLogger({ name: 'test', level: 'silent' }),
    startPlanner: fakePlanners({}).startPlanner,
  });
  const field = (): string => generations.current().facts[0] ?? '';
  for (let turn = 1; turn <= 500; turn += 1) {
    await write(`type Query { broken${turn}: Int`, turn);
    if (turn % 10 === 0) await until(() => generations.status().problem !== undefined);
    expect(field()).toMatch(/^good\d+$/);
    await write(`type Query { good${turn}: Int }`, turn);
    if (turn % 10 === 0) await until(() => field() === `good${turn}`);
    expect(field()).toMatch(/^good\d+$/);
  }
  await until(() => generations.status().problem === undefined);
  expect(field()).toBe('good500');
  await generations.stop();
});
