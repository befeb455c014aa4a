import { mkdtemp, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@saas/telemetry';
import { until } from '../supergraph/until.fixture.ts';
import { openDetours, type Detours } from '../upstream/detours.ts';
import { openChaosSocket } from './chaos-socket.ts';

const url = 'http://users:4001/graphql';
const origin = 'http://127.0.0.1:5001';
const logger = createLogger({ name: 'test', level: 'silent' });

let folder: string;
let detours: Detours;
const cleanUps: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-socket-'));
  detours = openDetours();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await rm(folder, { recursive: true });
});

const open = async ({ isAllowed = true, path = join(folder, 'chaos.sock') } = {}) => {
  const subgraphs = () => [{ name: 'users', url }];
  const socket = await openChaosSocket(path, { isAllowed, subgraphs, detours, logger });
  cleanUps.push(() => socket.close());
  return { path, close: () => socket.close() };
};

/** Says one thing and hears the answer; the connection stays open. */
const say = async (path: string, line: string): Promise<{ answer: unknown; socket: Socket }> => {
  const socket = connect(await realpath(path));
  cleanUps.push(() => socket.destroy());
  const answer = new Promise<unknown>((resolve, reject) => {
    socket.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString())));
    socket.once('error', reject).once('close', () => resolve('closed'));
  });
  socket.write(`${line}\n`);
  return { answer: await answer, socket };
};
const ask = async (path: string, question: object) => say(path, JSON.stringify(question));

describe('the socket for chaos commands', () => {
  it('sends calls aside for as long as the connection is held', async () => {
    const { path } = await open();
    expect((await ask(path, { subgraph: 'users' })).answer).toEqual({ status: 'known', url });
    expect(detours.of('users')).toBeUndefined();
    const { answer, socket } = await ask(path, { subgraph: 'users', origin });
    expect(answer).toEqual({ status: 'begun', url });
    expect(detours.of('users')).toBe(origin);
    socket.destroy();
    await until(() => detours.of('users') === undefined);
  });

  it('sends them back when the gateway closes', async () => {
    const { path, close } = await open();
    await ask(path, { subgraph: 'users', origin });
    await close();
    await until(() => detours.of('users') === undefined);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets nobody in between', async () => {
    const { path } = await open();
    await ask(path, { subgraph: 'users', origin });
    const { answer } = await ask(path, { subgraph: 'users', origin: 'http://127.0.0.1:5002' });
    expect(answer).toMatchObject({ status: 'refused', code: 'CHAOS_IN_PROGRESS' });
    expect(detours.of('users')).toBe(origin);
  });

  it('refuses everything where it is not allowed, and says what would allow it', async () => {
    const { path } = await open({ isAllowed: false });
    const { answer } = await ask(path, { subgraph: 'users', origin });
    expect(answer).toEqual({
      status: 'refused',
      code: 'CHAOS_NOT_ALLOWED',
      message: expect.stringContaining('CHAOS_ALLOWED=true'),
    });
    expect(detours.of('users')).toBeUndefined();
  });

  it('names the subgraphs that there are', async () => {
    const { path } = await open();
    const { answer } = await ask(path, { subgraph: 'nobody' });
    expect(answer).toMatchObject({
      code: 'CHAOS_SUBGRAPH_UNKNOWN',
      message: expect.stringContaining('There are users.'),
    });
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', 'null'],
    ['no subgraph', '{}'],
    ['a proxy elsewhere', JSON.stringify({ subgraph: 'users', origin: 'http://evil.example:80' })],
    ['a proxy with a path', JSON.stringify({ subgraph: 'users', origin: `${origin}/x` })],
    ['a proxy on no port', JSON.stringify({ subgraph: 'users', origin: 'http://127.0.0.1:99999' })],
  ])('refuses %s', async (_, line) => {
    const { path } = await open();
    expect((await say(path, line)).answer).toMatchObject({ status: 'refused', code: 'CHAOS_MISUNDERSTOOD' });
    expect(detours.of('users')).toBeUndefined();
  });

  it('hangs up on whoever does not come to an end', async () => {
    const { path } = await open();
    expect((await say(path, 'x'.repeat(5_000))).answer).toBe('closed');
  });

  it('lets only its own account in', async () => {
    const { path } = await open();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is found through a path that is too long for sockets, and leaves nothing', async () => {
    const path = join(folder, 'x'.repeat(150));
    const { close } = await open({ path });
    expect((await ask(path, { subgraph: 'users' })).answer).toMatchObject({ status: 'known' });
    const real = await realpath(path);
    await close();
    await expect(stat(real)).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('what is there already', () => {
  it('is replaced when nobody listens any more', async () => {
    const path = join(folder, 'chaos.sock');
    const { close } = await leftBehind(path);
    await close();
    await open({ path });
    expect((await ask(path, { subgraph: 'users' })).answer).toMatchObject({ status: 'known' });
  });

  it('is left alone when somebody listens', async () => {
    const { path } = await open();
    await expect(open({ path })).rejects.toMatchObject({ code: 'CHAOS_SOCKET_UNUSABLE' });
    expect((await ask(path, { subgraph: 'users' })).answer).toMatchObject({ status: 'known' });
  });

  it('is left alone when it is a file', async () => {
    const path = join(folder, 'chaos.sock');
    await writeFile(path, 'precious');
    await expect(open({ path })).rejects.toMatchObject({ code: 'CHAOS_SOCKET_UNUSABLE' });
    expect((await stat(path)).isFile()).toBe(true);
  });
});

/** A socket as a killed process leaves it: Node itself would remove the file on closing. */
const leftBehind = async (path: string) => {
  const server = createServer();
  const elsewhere = `${path}.tmp`;
  await new Promise<void>((resolve) => server.listen(elsewhere, resolve));
  await rename(elsewhere, path);
  return { close: () => new Promise((resolve) => server.close(resolve)) };
};
