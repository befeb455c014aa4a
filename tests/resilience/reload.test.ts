import { rename, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readGatewayConfig, startGateway, type Gateway } from '@saas/gateway';
import { createLogger, memoryLog } from '@saas/telemetry';
import { Pool } from 'undici';
import { processSize } from '../support/process-size.ts';
import { until } from '../support/until.ts';
import { versionedGraph, versionQuery, type SubgraphName } from '../support/versioned-graph.ts';

jest.setTimeout(600_000);

const CLIENTS = 6;

type Answer = {
  readonly errors?: unknown;
  readonly data?: {
    readonly schema: { readonly description: string };
    readonly served: number;
    readonly me: { readonly served: number };
  };
};

let graph: Awaited<ReturnType<typeof versionedGraph>>;
let folder: string;
let file: string;
let gateway: Gateway;
let pool: Pool;
let version = 1;
const log = memoryLog();

beforeAll(async () => {
  graph = await versionedGraph();
  folder = await mkdtemp(join(tmpdir(), 'reload-'));
  file = join(folder, 'supergraph.graphql');
  await writeFile(file, graph.supergraph(version));
  const config = readGatewayConfig({
    GATEWAY_HTTP_PORT: '0',
    GATEWAY_SUPERGRAPH_FILE: file,
    GATEWAY_AUTHENTICATION: 'none',
  });
  gateway = await startGateway(config, {
    logger: createLogger({ name: 'gateway', level: 'error', destination: log.destination }),
  });
  pool = new Pool(new URL(gateway.url).origin, { connections: CLIENTS });
});
afterAll(async () => {
  await pool.close();
  await gateway.stop();
  await graph.stop();
  await rm(folder, { recursive: true });
});

const ask = async () => {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: versionQuery }),
  });
  return { status: statusCode, answer: (await body.json()) as Answer };
};

/** The version that an answer was made by; a text saying what is wrong with it when it has none, or several. */
const versionOf = ({ status, answer }: Awaited<ReturnType<typeof ask>>): number | string => {
  const { data, errors } = answer;
  if (status !== 200 || errors !== undefined || data === undefined) return JSON.stringify({ status, answer });
  const isOne = data.served === data.me.served && data.schema.description === `version ${data.served}`;
  return isOne ? data.served : JSON.stringify(data);
};

/** Clients that ask without a pause until they are stopped. */
const startLoad = () => {
  const load = { isOver: false };
  const versions = new Set<number>();
  const wrong: string[] = [];
  let answered = 0;
  const client = async (): Promise<void> => {
    for (let isLast = false; !isLast;) {
      // Everybody asks once more after the end, and meets whatever serves by then.
      isLast = load.isOver;
      const found = versionOf(await ask());
      if (typeof found === 'string') wrong.push(found);
      else versions.add(found);
      answered += 1;
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    stop: async () => {
      load.isOver = true;
      await Promise.all(clients);
      return { answered, versions, wrong };
    },
  };
};

const serves = async (wanted: number): Promise<void> =>
  until(() => gateway.subgraphs().every(({ url }) => url.includes(`/v/${wanted}/`)));
const refusals = (): number =>
  log.lines().filter(({ msg }) => msg === 'The supergraph was refused; the running one stays.').length;

/** Half of them in one step and half in place, as editors and deployments do. */
const put = async (text: string, inOneStep: boolean): Promise<void> => {
  if (!inOneStep) return writeFile(file, text);
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};

const reload = async (names?: readonly SubgraphName[]): Promise<void> => {
  version += 1;
  await put(graph.supergraph(version, names), version % 2 === 0);
  await serves(version);
};

const breakages: Readonly<Record<string, (good: string) => string | undefined>> = {
  'is cut off': (good) => good.slice(0, good.length / 2),
  'is gone': () => undefined,
  'is something else': () => 'name: supergraph\n',
  'is no supergraph': () => 'type Query { served: Int }',
  'has an unknown type': (good) => good.replace(/served: Int/, 'served: NoSuchType'),
  'has a subgraph without URL': (good) => good.replace(/url: "http[^"]*"/, 'url: ""'),
  'has a subgraph at half a URL': (good) => good.replace(/url: "http:\/\/[^/]*/, 'url: "localhost:4001'),
  'is of another federation': (good) => good.replace(/join\/v0\.\d/, 'join/v9.9'),
  'needs what nobody knows': (good) =>
    good.replace('schema\n', 'schema\n  @link(url: "https://example.com/unheard/v1.0", for: EXECUTION)\n'),
  'is binary': () => '\u0000\u0001\u0002',
};

const breakIt = async (how: (good: string) => string | undefined): Promise<void> => {
  const before = refusals();
  const text = how(graph.supergraph(version + 1));
  if (text === undefined) await rm(file);
  else await put(text, false);
  await until(() => refusals() > before);
};

describe('a gateway whose supergraph changes under load', () => {
  it('loses nothing in 100 changes, 10 of them broken, and does not grow', async () => {
    const load = startLoad();
    for (let change = 0; change < 10; change += 1) await reload();
    const before = await processSize();
    for (const how of Object.values(breakages)) {
      for (let change = 0; change < 8; change += 1) await reload();
      await breakIt(how);
    }
    await reload();
    // Connections and threads of what has just been replaced go in their own time; what leaks stays.
    await until(async () => {
      const { threads, files } = await processSize();
      return threads <= before.threads + 2 && files <= before.files + 20;
    });
    const after = await processSize();
    const { answered, versions, wrong } = await load.stop();

    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(1_000);
    // Each served: no change was slept through.
    expect(versions.size).toBeGreaterThan(80);
    expect(after.heapBytes).toBeLessThan(before.heapBytes * 1.2);
  });

  it('opens and closes connections with the subgraphs that it has', async () => {
    const { extras } = graph.servers;
    await reload(['users', 'projects', 'extras']);
    const { body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me { extra } }' }),
    });
    expect(await body.json()).toEqual({ data: { me: { extra: version } } });
    expect(Object.keys(gateway.health().checks)).toContain('extras');
    await reload();
    expect(Object.keys(gateway.health().checks)).not.toContain('extras');
    await until(async () => (await extras.connections()) <= 1);
  });

  it('serves on when its file vanishes, and stays where it is when the same one comes back', async () => {
    const load = startLoad();
    const serving = version;
    await breakIt(() => undefined);
    await put(graph.supergraph(serving), true);
    await reload();
    const { versions, wrong } = await load.stop();
    expect(wrong).toEqual([]);
    expect([...versions]).toEqual([serving, serving + 1]);
  });
});
