import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fileSource } from './file-source.ts';
import { roverSource } from './rover-source.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';
import { until } from './until.fixture.ts';

jest.setTimeout(60_000);

const notices = { settleMs: 5, pollMs: 60_000 };

describe('a watched file', () => {
  let folder = '';
  let opened: SupergraphSource[] = [];
  const path = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watch-'));
  });
  afterEach(async () => {
    await Promise.all(opened.map(async (source) => source.stop()));
    opened = [];
    await rm(folder, { recursive: true, force: true });
  });

  const follow = async (source: SupergraphSource) => {
    opened.push(source);
    const heard: string[] = [];
    await source.start({ found: (text) => heard.push(text), failed: ({ code }) => heard.push(code) });
    return heard;
  };
  const replace = async (file: string, text: string) => {
    await writeFile(`${file}~`, text);
    await rename(`${file}~`, file);
  };

  it('is followed through the renaming of editors, again and again', async () => {
    await writeFile(path('s.graphql'), 'text 0');
    const heard = await follow(fileSource(path('s.graphql'), notices));
    for (let turn = 1; turn <= 20; turn += 1) {
      await replace(path('s.graphql'), `text ${turn}`);
      await until(() => heard.at(-1) === `text ${turn}`);
    }
  });

  it('is followed through being deleted and put back', async () => {
    await writeFile(path('s.graphql'), 'text 0');
    const heard = await follow(fileSource(path('s.graphql'), notices));
    for (let turn = 1; turn <= 5; turn += 1) {
      await unlink(path('s.graphql'));
      await until(() => heard.at(-1) === 'SUPERGRAPH_UNREADABLE');
      await replace(path('s.graphql'), `text ${turn}`);
      await until(() => heard.at(-1) === `text ${turn}`);
    }
  });

  it('is followed through the switch of a symbolic link, the way of mounted settings', async () => {
    await mkdir(path('v1'));
    await mkdir(path('v2'));
    await writeFile(path('v1/s.graphql'), 'text 1');
    await writeFile(path('v2/s.graphql'), 'text 2');
    await symlink('v1', path('data'));
    await symlink('data/s.graphql', path('s.graphql'));
    const heard = await follow(fileSource(path('s.graphql'), notices));
    await symlink('v2', path('data~'));
    await rename(path('data~'), path('data'));
    await until(() => heard.at(-1) === 'text 2');
  });

  it('is found again when its folder was replaced', async () => {
    await mkdir(path('f'));
    await writeFile(path('f/s.graphql'), 'text 1');
    const heard = await follow(fileSource(path('f/s.graphql'), { settleMs: 5, pollMs: 20 }));
    await rename(path('f'), path('g'));
    await until(() => heard.at(-1) === 'SUPERGRAPH_UNREADABLE');
    await mkdir(path('f'));
    await writeFile(path('f/s.graphql'), 'text 2');
    await until(() => heard.at(-1) === 'text 2');
    await replace(path('f/s.graphql'), 'text 3');
    await until(() => heard.at(-1) === 'text 3');
  });

  it("of rover's may name schema files that come later, in other folders", async () => {
    const yaml = (file: string) =>
      `subgraphs: { a: { routing_url: "http://a/", schema: { file: ${file} } } }`;
    await mkdir(path('later'));
    await writeFile(path('s.yaml'), yaml('./later/a.graphql'));
    const source = roverSource(path('s.yaml'), {
      ...notices,
      environment: {},
      compose: async (schemas) => ({ supergraphSdl: schemas.map(({ sdl }) => sdl).join(), hints: [] }),
    });
    const heard = await follow(source);
    expect(heard).toEqual(['SUPERGRAPH_CONFIG_INVALID']);
    await writeFile(path('later/a.graphql'), 'text 1');
    await until(() => heard.at(-1) === 'text 1');
    await writeFile(path('b.graphql'), 'text 2');
    await replace(path('s.yaml'), yaml('b.graphql'));
    await until(() => heard.at(-1) === 'text 2');
  });

  it("of rover's tells once what is odd in it", async () => {
    const yaml = (name: string) =>
      `federation_version: =2.0.1\nsubgraphs: { ${name}: { routing_url: "http://a/", schema: { sdl: x } } }`;
    await writeFile(path('s.yaml'), yaml('a'));
    const warnings: string[] = [];
    const source = roverSource(path('s.yaml'), {
      ...notices,
      environment: {},
      compose: async (schemas) => ({
        supergraphSdl: schemas.map(({ name }) => name).join(),
        hints: [{ code: 'ODD', message: 'This is odd.' }],
      }),
      onWarning: (message) => warnings.push(message),
    });
    const heard = await follow(source);
    await replace(path('s.yaml'), yaml('b'));
    await until(() => heard.at(-1) === 'b');
    expect(warnings).toEqual([expect.stringContaining('=2.0.1'), 'ODD: This is odd.']);
  });
});
