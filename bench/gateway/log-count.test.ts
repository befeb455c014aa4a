import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { logCount } from './log-count.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-count-'));
});
afterEach(async () => rm(directory, { recursive: true }));

it('counts the lines that hold a text, however they come', async () => {
  const file = join(directory, 'log');
  const count = logCount(file, ['good', 'bad']);
  await appendFile(file, 'good\nother\nba');
  expect([...(await count())]).toEqual([
    ['good', 1],
    ['bad', 0],
  ]);
  await appendFile(file, 'd\nvery good\n');
  expect([...(await count())]).toEqual([
    ['good', 2],
    ['bad', 1],
  ]);
  expect((await count()).get('good')).toBe(2);
});
