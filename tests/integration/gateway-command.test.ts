import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { gatewayCommand, type GatewayCommand } from '../support/gateway-command.ts';
import { until } from '../support/until.ts';
import { versionedGraph, versionQuery } from '../support/versioned-graph.ts';

// What another test process builds at the same time makes the first start slow.
jest.setTimeout(180_000);

let graph: Awaited<ReturnType<typeof versionedGraph>>;
let folder: string;
let file: string;
const running: GatewayCommand[] = [];

beforeAll(async () => {
  graph = await versionedGraph();
  folder = await mkdtemp(join(tmpdir(), 'gateway-command-'));
  file = join(folder, 'supergraph.graphql');
  await writeFile(file, graph.supergraph(7));
  // The first start of a fresh copy builds, and says so where errors go.
  expect(await start(['--help']).ended).toBe(0);
});
afterAll(async () => {
  for (const command of running) command.kill('SIGKILL');
  await graph.stop();
  await rm(folder, { recursive: true });
});

const start = (...given: Parameters<typeof gatewayCommand>): GatewayCommand => {
  const command = gatewayCommand(...given);
  running.push(command);
  return command;
};

const ask = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: versionQuery }),
  });
  return response.json();
};

const answered = {
  data: { schema: { description: 'version 7' }, served: 7, me: { id: 'u1', served: 7 } },
};

describe('npm run gateway', () => {
  it('answers a supergraph that it has never seen, says what it is in front of, and ends on Ctrl-C', async () => {
    const command = start(['--supergraph', file, '--port', '0']);
    const url = await command.ready();
    expect(await ask(url)).toEqual(answered);
    // Nobody is recognised, and nobody refused for what a subgraph may know how to read.
    expect(await ask(url, { authorization: 'Bearer of-another-system' })).toEqual(answered);
    expect(command.said.output).toContain(`${graph.servers.users.origin}/v/7/graphql`);
    command.kill('SIGINT');
    expect(await command.ended).toBe(0);
    expect(command.said.errors).toBe('');
  });

  it('understands the environment of a hosting platform', async () => {
    const command = start([], { environment: { SUPERGRAPH: file, PORT: '0', HOST: '127.0.0.1' } });
    expect(await ask(await command.ready())).toEqual(answered);
    command.kill('SIGTERM');
    expect(await command.ended).toBe(0);
  });

  it('composes schemas by itself, with the settings of a gateway.yaml', async () => {
    const yaml = join(folder, 'supergraph.yaml');
    const settings = join(folder, 'gateway.yaml');
    await writeFile(
      yaml,
      `federation_version: 2
subgraphs:
  users: { routing_url: 'http://127.0.0.1:9/', schema: { sdl: 'type Query { served: Int }' } }
`,
    );
    const url = `${graph.servers.users.origin}/v/3/graphql`;
    await writeFile(settings, `subgraphs: { users: { url: '${url}' } }`);
    const command = start(['--compose', yaml, '--config', settings, '--port', '0']);
    const response = await fetch(await command.ready(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ served }' }),
    });
    expect(await response.json()).toEqual({ data: { served: 3 } });
    command.kill('SIGINT');
    expect(await command.ended).toBe(0);
  });

  it.each([
    [['--help'], 0, /--supergraph FILE/],
    [['--supergrph', 'a'], 2, /--supergrph/],
    [['--port', 'soon'], 2, /--port: needs a port/],
    [['--supergraph', 'a', '--compose', 'b'], 2, /--compose: contradicts --supergraph/],
    [['--supergraph', 'nowhere.graphql'], 1, /nowhere\.graphql/],
    [['--config', 'nowhere.yaml'], 1, /nowhere\.yaml/],
  ])('given %j ends with %i and says why', async (args, code, text) => {
    const command = start(args);
    expect(await command.ended).toBe(code);
    expect(code === 0 ? command.said.output : command.said.errors).toMatch(text);
  });

  it('does not outlive the npm that it was started by', async () => {
    const command = start(['--supergraph', file, '--port', '0'], { throughNpm: true });
    const url = await command.ready();
    command.kill('SIGKILL');
    await until(async () =>
      ask(url).then(
        () => false,
        () => true,
      ),
    );
  });
});
