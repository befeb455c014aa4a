import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import { Pool } from 'undici';
import { gatewayCommand, type GatewayCommand } from '../support/gateway-command.ts';
import { heldGraph } from '../support/held-graph.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(180_000);

const CLIENTS = 8;

let graph: Awaited<ReturnType<typeof heldGraph>>;
let folder: string;
let file: string;
beforeAll(async () => {
  graph = await heldGraph();
  folder = await mkdtemp(join(tmpdir(), 'drain-'));
  file = join(folder, 'supergraph.graphql');
  await writeFile(file, graph.supergraph);
});
afterAll(async () => {
  await graph.stop();
  await rm(folder, { recursive: true });
});

const commands: GatewayCommand[] = [];
afterEach(async () => {
  for (const command of commands.splice(0)) {
    command.kill('SIGKILL');
    await command.ended;
  }
});

/** A gateway as a process of its own, which serves on for `drainMs` after SIGTERM. */
const start = async (drainMs: number) => {
  const command = gatewayCommand(['--supergraph', file, '--port', '0'], {
    environment: {
      GATEWAY_DRAIN_MS: String(drainMs),
      GATEWAY_BATCH_OPERATIONS_MAX: '10',
      GATEWAY_REQUEST_DEADLINE_MS: '120000',
      GATEWAY_UPSTREAM_TIMEOUT_MS: '120000',
      GATEWAY_STOP_TIMEOUT_MS: '120000',
    },
  });
  commands.push(command);
  const url = await command.ready();
  const isReady = async (): Promise<boolean> =>
    fetch(new URL('/health/ready', url)).then(
      ({ status }) => status === 200,
      () => false,
    );
  const listens = async (): Promise<boolean> =>
    fetch(new URL('/health/live', url)).then(
      () => true,
      () => false,
    );
  return { command, url, origin: new URL(url).origin, isReady, listens };
};

const post = async (url: string, body: unknown, accept = 'application/json'): Promise<string> => {
  const headers = { 'content-type': 'application/json', accept };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.text();
};

describe('a gateway that gets SIGTERM', () => {
  it('answers everything in hand to the end: queries, batches and parts that come later', async () => {
    const { command, url, listens } = await start(0);
    const answers = Promise.all([
      post(url, { query: '{ held }' }),
      post(url, [{ query: '{ now }' }, { query: '{ now held }' }]),
      post(url, { query: '{ thing { id ... @defer { late } } }' }, 'multipart/mixed;deferSpec=20220824'),
    ]);
    await waitUntil('all to be in hand', () => graph.waiting() === 3, { timeoutMs: 60_000 });
    command.kill('SIGTERM');
    await waitUntil('nobody to be let in', async () => !(await listens()), { timeoutMs: 60_000 });
    graph.release();
    const [one, batch, parts] = await answers;
    expect(JSON.parse(one)).toEqual({ data: { held: 1 } });
    expect(JSON.parse(batch)).toEqual([{ data: { now: 1 } }, { data: { now: 1, held: 1 } }]);
    expect(parts).toMatch(/"thing":\{"id":"t1"\}[^]*"late":1[^]*"hasNext":false[^]*--\r\n$/);
    expect(await command.ended).toBe(0);
  });

  it('loses none of the requests of a balancer that asks whether it is ready', async () => {
    const [old, next] = await Promise.all([start(5_000), start(0)]);
    const pools = [old, next].map(({ origin }) => new Pool(origin, { connections: CLIENTS }));
    const [oldPool, nextPool] = pools as [Pool, Pool];
    const load = { isOver: false, isOldReady: true };
    const seen = { before: 0, withdrawn: 0, elsewhere: 0 };
    const lost: unknown[] = [];
    const body = JSON.stringify({ query: '{ now }' });
    const ask = async (): Promise<void> => {
      const pool = load.isOldReady ? oldPool : nextPool;
      const headers = { 'content-type': 'application/json' };
      const answer = await pool.request({ method: 'POST', path: '/graphql', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text !== '{"data":{"now":1}}') throw new Error(text);
      if (pool === nextPool) seen.elsewhere += 1;
      else if (answer.headers['connection'] === 'close') seen.withdrawn += 1;
      else seen.before += 1;
    };
    const client = async (): Promise<void> => {
      while (!load.isOver) await ask().catch((error: unknown) => lost.push(error));
    };
    const clients = Array.from({ length: CLIENTS }, client);
    const balancer = (async () => {
      while (load.isOldReady) {
        await delay(100);
        load.isOldReady = await old.isReady();
      }
    })();
    await waitUntil('some load', () => seen.before > 200, { timeoutMs: 60_000 });
    old.command.kill('SIGTERM');
    await balancer;
    expect(await old.command.ended).toBe(0);
    await waitUntil('the other to be asked', () => seen.elsewhere > 200, { timeoutMs: 60_000 });
    load.isOver = true;
    await Promise.all(clients);
    await Promise.all(pools.map(async (pool) => pool.close()));
    expect(lost).toEqual([]);
    expect(seen.withdrawn).toBeGreaterThan(0);
  });

  it('answers whoever speaks up in time, and cuts nobody off who has said nothing', async () => {
    const { command, origin, isReady } = await start(4_000);
    const [early, silent] = await Promise.all([keptConnection(origin), keptConnection(origin)]);
    command.kill('SIGTERM');
    await waitUntil('it to be withdrawn', async () => !(await isReady()), { timeoutMs: 60_000 });
    early.send();
    await early.closed;
    expect(early.answers()).toEqual(['keep-alive', 'close']);
    await silent.closed;
    expect(silent.answers()).toEqual(['keep-alive']);
    expect(await command.ended).toBe(0);
  });

  it('stops at once after Ctrl-C, which no balancer sends', async () => {
    const { command } = await start(60_000);
    command.kill('SIGINT');
    expect(await command.ended).toBe(0);
  });
});

/** A connection on which one request has been answered. */
const keptConnection = async (origin: string) => {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const body = '{"query":"{ now }"}';
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const failures: Error[] = [];
  socket.on('error', (error) => failures.push(error));
  const closed = new Promise<void>((resolve, reject) => {
    socket.once('close', () => (failures[0] === undefined ? resolve() : reject(failures[0])));
  });
  const send = () =>
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  send();
  await waitUntil('the first answer', () => text.includes('"now":1'), { timeoutMs: 60_000 });
  return {
    closed,
    send,
    /** What each answer says of the connection. */
    answers: () => [...text.matchAll(/^connection: (\S+)/gim)].map(([, said]) => said?.toLowerCase()),
  };
};
