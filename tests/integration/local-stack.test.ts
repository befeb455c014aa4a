import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PostgresTopologyOptions, RunningPostgres } from '@saas/local-stack';
import { startPostgresTopology, waitUntil, waitUntilReplayed } from '@saas/local-stack';
import { Client } from 'pg';

const built = join(import.meta.dirname, '../../packages/local-stack/dist/index.js');
const isRoot = process.getuid?.() === 0;
const canProbe = process.platform === 'linux';
const nobodyCanRead = isRoot && spawnSync('test', ['-r', built], { uid: 65_534, gid: 65_534 }).status === 0;
const cleanups: Array<() => Promise<unknown> | void> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}, 60_000);

/** A directory as `mkdtemp` makes it, closed to others, and gone after the test. */
const freshDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'local-stack-test-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** A small topology that is stopped after the test. */
const start = async (
  dataDir: string,
  options: Partial<PostgresTopologyOptions> = {},
): Promise<RunningPostgres> => {
  const running = await startPostgresTopology({
    dataDir,
    shards: 1,
    replicas: 1,
    durability: 'process',
    ...options,
  });
  cleanups.push(() => running.stop());
  return running;
};

const query = async <Row extends object>(url: string | undefined, sql: string): Promise<Row[]> => {
  const client = new Client({ connectionString: url ?? '' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

const primaryOf = (running: RunningPostgres, shard = 0) => running.topology.shards[shard]?.primary;
const replicaOf = (running: RunningPostgres, replica = 0) => running.topology.shards[0]?.replicas[replica];

const keep = (running: RunningPostgres) =>
  query(primaryOf(running), `CREATE TABLE kept (word text); INSERT INTO kept VALUES ('honey')`);
const kept = async (url: string | undefined) =>
  (await query<{ word: string }>(url, 'SELECT word FROM kept'))[0]?.word;

/** Every process that works in the directory or below it. */
const processesBelow = async (directory: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => places[index]?.startsWith(`${directory}/`) === true).map(Number);
};

const untilEmpty = (directory: string) =>
  waitUntil('all servers to end', async () => (await processesBelow(directory)).length === 0, {
    timeoutMs: 30_000,
  });

/** Another Node.js process that starts the topology and says so in one line; it is killed after the test. */
const startElsewhere = (dataDir: string, ids: { uid?: number; gid?: number } = {}): ChildProcess => {
  const script = `
    const { startPostgresTopology } = await import(${JSON.stringify(built)});
    const onProgress = ({ node, status }) => console.log(node + ' ' + status);
    const options = { dataDir: ${JSON.stringify(dataDir)}, shards: 1, replicas: 1, durability: 'process', onProgress };
    const running = await startPostgresTopology(options).catch((error) => console.log(error.code));
    console.log(running === undefined ? 'failed' : 'up ' + JSON.stringify(running.topology));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: tmpdir(),
    ...ids,
  });
  cleanups.push(() => void child.kill('SIGKILL'));
  return child;
};

/** Resolves with the rest of the first line that begins so. */
const lineOf = async (child: ChildProcess, beginning: string): Promise<string> => {
  if (child.stdout === null) throw new Error('the child has no output');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith(beginning)) return line.slice(beginning.length);
    lines.push(line);
  }
  throw new Error(`the child ended without "${beginning}":\n${lines.join('\n')}`);
};

const killed = async (child: ChildProcess): Promise<void> => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
};

/** A server's workers end by themselves as soon as they see that it is gone. */
const killUnlessGone = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

describe('a data directory', () => {
  it('keeps its data, its password and its ports from one start to the next', async () => {
    const dataDir = await freshDirectory();
    const first = await start(dataDir, { shards: 2, replicas: 2 });
    await keep(first);
    const { topology } = first;
    await first.stop();
    const second = await start(dataDir, { shards: 2, replicas: 2 });
    expect(second.topology).toEqual(topology);
    expect(await kept(replicaOf(second, 1))).toBe('honey');
  }, 60_000);

  it('serves one process at a time', async () => {
    const dataDir = await freshDirectory();
    await start(dataDir, { replicas: 0 });
    await expect(start(dataDir, { replicas: 0 })).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await expect(lineOf(startElsewhere(dataDir), 'DATA_DIR_IN_USE')).resolves.toBe('');
  }, 60_000);

  it('is free again once its process has stopped', async () => {
    const dataDir = await freshDirectory();
    await (await start(dataDir, { replicas: 0 })).stop();
    await expect(start(dataDir, { replicas: 0 })).resolves.toBeDefined();
  }, 60_000);

  it('asks everyone for a password that only its owner can read', async () => {
    const dataDir = await freshDirectory();
    const running = await start(dataDir, { replicas: 0 });
    const url = new URL(primaryOf(running) ?? '');
    expect((await readFile(join(running.home, 'password'), 'utf8')).trim()).toBe(url.password);
    url.password = 'app';
    await expect(query(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  }, 60_000);

  it('recovers from a stale process file whose process id is in use by someone else', async () => {
    const dataDir = await freshDirectory();
    const first = await start(dataDir, { replicas: 0 });
    await keep(first);
    await first.stop();
    const file = join(first.home, 'shard-0/primary/postmaster.pid');
    await writeFile(file, `${process.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n 1 0\nready   \n`);
    expect(await kept(primaryOf(await start(dataDir, { replicas: 0 })))).toBe('honey');
  }, 60_000);

  it('moves its servers to other ports when the former ones are in use', async () => {
    const [dataDir, other] = [await freshDirectory(), await freshDirectory()];
    const first = await start(dataDir);
    await keep(first);
    const { topology } = first;
    await first.stop();
    // The very file that keeps the ports makes the other topology take them.
    const rival = await start(other);
    await rival.stop();
    await cp(join(first.home, 'topology.json'), join(rival.home, 'topology.json'));
    await start(other);
    const second = await start(dataDir);
    expect(new Set([primaryOf(second), replicaOf(second)])).not.toContain(topology.shards[0]?.primary);
    expect(await kept(replicaOf(second))).toBe('honey');
  }, 60_000);

  it('can have more and fewer replicas and more shards at the next start', async () => {
    const dataDir = await freshDirectory();
    const one = await start(dataDir, { replicas: 0 });
    await keep(one);
    await one.stop();
    const more = await start(dataDir, { shards: 2, replicas: 2 });
    expect(await kept(replicaOf(more, 0))).toBe('honey');
    expect(await kept(replicaOf(more, 1))).toBe('honey');
    expect(await query(primaryOf(more, 1), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await more.stop();
    const fewer = await start(dataDir, { shards: 2, replicas: 1 });
    expect(await query(primaryOf(fewer), 'SELECT slot_name FROM pg_replication_slots')).toEqual([
      { slot_name: 'replica_0' },
    ]);
  }, 90_000);
});

(canProbe ? describe : describe.skip)('a crash', () => {
  it('of the parent leaves no server behind', async () => {
    const dataDir = await freshDirectory();
    const child = startElsewhere(dataDir);
    await lineOf(child, 'up ');
    expect((await processesBelow(dataDir)).length).toBeGreaterThan(2);
    await killed(child);
    await untilEmpty(dataDir);
  }, 60_000);

  it('of the parent is no obstacle for the next start, not even at once', async () => {
    const dataDir = await freshDirectory();
    const child = startElsewhere(dataDir);
    const { shards } = JSON.parse(await lineOf(child, 'up ')) as RunningPostgres['topology'];
    await query(shards[0]?.primary, `CREATE TABLE kept AS SELECT 'honey' AS word`);
    await killed(child);
    expect(await kept(replicaOf(await start(dataDir)))).toBe('honey');
  }, 60_000);

  it('of everything loses nothing that was committed', async () => {
    const dataDir = await freshDirectory();
    const child = startElsewhere(dataDir);
    const { shards } = JSON.parse(await lineOf(child, 'up ')) as RunningPostgres['topology'];
    await query(shards[0]?.primary, `CREATE TABLE kept AS SELECT 'honey' AS word`);
    for (const pid of await processesBelow(dataDir)) killUnlessGone(pid);
    await killed(child);
    await untilEmpty(dataDir);
    const recovered = await start(dataDir);
    expect(await kept(primaryOf(recovered))).toBe('honey');
    expect(await kept(replicaOf(recovered))).toBe('honey');
  }, 60_000);

  it('in the middle of the first start is made good by the next one', async () => {
    const dataDir = await freshDirectory();
    const child = startElsewhere(dataDir);
    await lineOf(child, 'shard-0-primary creating');
    const half = () =>
      readdir(dataDir).then((names) => names.find((name) => name.startsWith('shard-0.building-')));
    await waitUntil('half a shard', async () => {
      const files = await readdir(join(dataDir, (await half()) ?? 'none', 'primary')).catch(
        (): string[] => [],
      );
      return files.includes('base');
    });
    await killed(child);
    const running = await start(dataDir);
    await keep(running);
    await waitUntilReplayed({ primary: primaryOf(running) ?? '', replicas: [replicaOf(running) ?? ''] });
    expect(await kept(replicaOf(running))).toBe('honey');
    expect(await half()).toBeUndefined();
  }, 60_000);

  it('of one node is over once the node is started again', async () => {
    const running = await start(await freshDirectory());
    await keep(running);
    await running.kill('shard-0-primary');
    await expect(query(primaryOf(running), 'SELECT 1')).rejects.toThrow();
    expect(await kept(replicaOf(running))).toBe('honey');
    await running.restart('shard-0-primary');
    expect(await kept(primaryOf(running))).toBe('honey');
    await running.kill('shard-0-replica-0');
    await running.restart('shard-0-replica-0');
    expect(await kept(replicaOf(running))).toBe('honey');
  }, 60_000);

  it('of a replica beyond repair ends with a new clone', async () => {
    const dataDir = await freshDirectory();
    const first = await start(dataDir);
    await keep(first);
    await first.stop();
    await rm(join(first.home, 'shard-0/replica-0/pg_wal'), { recursive: true });
    await rm(join(first.home, 'shard-0/replica-0/standby.signal'));
    expect(await kept(replicaOf(await start(dataDir)))).toBe('honey');
  }, 60_000);

  it('of a frozen node does not keep the rest from stopping', async () => {
    const dataDir = await freshDirectory();
    const running = await start(dataDir);
    await running.kill('shard-0-replica-0', 'SIGSTOP');
    await running.stop();
    await untilEmpty(dataDir);
  }, 60_000);
});

describe('a replica', () => {
  it('shows nothing new while its replay is paused, and everything afterwards', async () => {
    const running = await start(await freshDirectory());
    await keep(running);
    await waitUntilReplayed({ primary: primaryOf(running) ?? '', replicas: [replicaOf(running) ?? ''] });
    await running.pauseReplay('shard-0-replica-0');
    await query(primaryOf(running), `UPDATE kept SET word = 'wax'`);
    expect(await kept(replicaOf(running))).toBe('honey');
    await running.resumeReplay('shard-0-replica-0');
    await waitUntilReplayed({ primary: primaryOf(running) ?? '', replicas: [replicaOf(running) ?? ''] });
    expect(await kept(replicaOf(running))).toBe('wax');
  }, 60_000);
});

(isRoot ? describe : describe.skip)('root', () => {
  it('keeps the data in reach of the account that serves it, and finds it there again', async () => {
    // The directory is closed to others, as a home is; opening it is not ours to do.
    const dataDir = join(await freshDirectory(), 'data');
    const messages: string[] = [];
    const first = await start(dataDir, { replicas: 0, log: (message) => messages.push(message) });
    cleanups.unshift(() => rm(first.home, { recursive: true, force: true }));
    expect(first.home).not.toBe(dataDir);
    expect(messages.join('\n')).toContain(first.home);
    await keep(first);
    await first.stop();
    const second = await start(dataDir, { replicas: 0 });
    expect(second.home).toBe(first.home);
    expect(await kept(primaryOf(second))).toBe('honey');
  }, 60_000);

  (nobodyCanRead ? it : it.skip)(
    'is not needed',
    async () => {
      const directory = await freshDirectory();
      await chmod(directory, 0o755);
      const dataDir = join(directory, 'data');
      await mkdir(dataDir, { mode: 0o700 });
      await chown(dataDir, 65_534, 65_534);
      const child = startElsewhere(dataDir, { uid: 65_534, gid: 65_534 });
      const { shards } = JSON.parse(await lineOf(child, 'up ')) as RunningPostgres['topology'];
      expect(await query(shards[0]?.replicas[0], 'SELECT pg_is_in_recovery() AS standby')).toEqual([
        { standby: true },
      ]);
      await killed(child);
      await untilEmpty(dataDir);
      // Root goes on with the data of that account.
      expect(await query(primaryOf(await start(dataDir)), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    },
    60_000,
  );
});
