import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { defaultOperationLimits } from '../admission/operation-limits.ts';
import { readManifestFiles } from './manifest-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifests-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const write = async (name: string, text: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};

it('the lists of several clients are read together', async () => {
  const files = [await write('web.json', '{"a":"{ a }"}'), await write('app.json', '{"b":"{ b }"}')];
  expect(await readManifestFiles(files, defaultOperationLimits)).toEqual([
    { id: 'a', body: '{ a }' },
    { id: 'b', body: '{ b }' },
  ]);
});

it('the mistakes of all files are told together', async () => {
  const files = [
    await write('bad.json', '{"a":"{"}'),
    join(folder, 'absent.json'),
    await write('worse.json', '['),
  ];
  const read = readManifestFiles(files, defaultOperationLimits);
  await expect(read).rejects.toThrow(
    /bad\.json: "a" is refused[^]*absent\.json: This file cannot be read[^]*worse\.json: This is not JSON/,
  );
});
