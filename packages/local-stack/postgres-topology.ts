import { lstat, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Account } from './account.ts';
import { postgresAccount } from './account.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { dataHome } from './data-home.ts';
import { localStackErrors } from './local-stack.errors.ts';
import { preparePostgresBinaries } from './postgres-binaries.ts';
import type { NodeSignal, NodeSurroundings, PostgresNode } from './postgres-node.ts';
import type { Durability } from './postgres-settings.ts';
import type { NodeProgress } from './postgres-shard.ts';
import { PostgresShard } from './postgres-shard.ts';
import { pauseReplay, resumeReplay } from './replication.ts';
import { ownPassword, readPorts, writePorts } from './topology-files.ts';

/** The superuser's URLs of one shard, database `postgres`. */
export type ShardUrls = {
  readonly name: string;
  readonly primary: string;
  readonly replicas: readonly string[];
};

/** Where the servers are. Plain data: it may be handed to other processes as JSON, and holds a password. */
export type PostgresTopology = { readonly shards: readonly ShardUrls[] };

/** What to start. */
export type PostgresTopologyOptions = {
  /** Made when absent. Everything is below it, except when its account cannot reach it; see `dataHome`. */
  readonly dataDir: string;
  /** 1 to 64. May grow between starts; shards beyond the number stay untouched on disk. */
  readonly shards?: number;
  /** 0 to 8 per shard. May change between starts. */
  readonly replicas?: number;
  /** Default `full`. `process` (for tests) survives the death of processes, not of the machine. */
  readonly durability?: Durability;
  readonly log?: (message: string) => void;
  readonly onProgress?: (progress: NodeProgress) => void;
};

/** Running servers. Nodes are named `shard-0-primary`, `shard-0-replica-1`. */
export type RunningPostgres = {
  readonly topology: PostgresTopology;
  /** Where the data really is. */
  readonly home: string;
  /** Stops replicas, then primaries, within about ten seconds, and releases the directory. May be called twice. */
  stop(): Promise<void>;
  /** Makes a node fail, `SIGKILL` unless told otherwise. Resolves when it has ended (or has been stopped, continued). */
  kill(node: string, signal?: NodeSignal): Promise<void>;
  /** Starts a node again, after stopping it when it runs. Resolves when the running replicas have caught up. */
  restart(node: string): Promise<void>;
  /** Holds back what a replica shows, exactly, until `resumeReplay`. */
  pauseReplay(node: string): Promise<void>;
  resumeReplay(node: string): Promise<void>;
};

/**
 * Starts N shards of one primary and R streaming replicas each, on ports of 127.0.0.1, and resolves when every replica
 * has caught up. Needs no Docker, no root and no installed PostgreSQL.
 *
 * The servers never outlive this process, however it ends. The data outlives both: the next start finds it, recovers
 * after a crash, completes what an interrupted first start left undone and keeps the ports that are still free.
 *
 * @throws {AppError} `DATA_DIR_IN_USE`, `DATA_DIR_DAMAGED`, `POSTGRES_UNAVAILABLE`, `POSTGRES_SETUP_FAILED`,
 *   `POSTGRES_START_FAILED` or `REPLICA_BEHIND`. Nothing is left running.
 */
export const startPostgresTopology = async (options: PostgresTopologyOptions): Promise<RunningPostgres> => {
  const {
    shards: shardCount = 2,
    replicas = 2,
    durability = 'full',
    log = ignore,
    onProgress = ignore,
  } = options;
  requireWithin('shards', shardCount, 1, 64);
  requireWithin('replicas', replicas, 0, 8);
  const dataDir = resolve(options.dataDir);
  const lock = await lockDataDir(dataDir);
  const shards: PostgresShard[] = [];
  const stop = once(async () => {
    await Promise.all(shards.flatMap((shard) => shard.replicas.map((replica) => replica.stop())));
    await Promise.all(shards.map((shard) => shard.primary.stop()));
    await lock.release();
  });
  try {
    const surroundings = { durability, takenPorts: new Set<number>(), log };
    const { home, ports, ...found } = await prepareHome(dataDir, log);
    for (let index = 0; index < shardCount; index++) {
      const name = `shard-${index}`;
      shards.push(
        new PostgresShard({
          name,
          home,
          replicas,
          ports,
          onProgress,
          surroundings: { ...surroundings, ...found },
        }),
      );
    }
    const outcomes = await Promise.allSettled(shards.map((shard) => shard.start()));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    await writePorts(home, { ...ports, ...portsOf(shards) });
    return running(shards, home, stop);
  } catch (error) {
    await stop();
    throw error;
  }
};

const running = (
  shards: readonly PostgresShard[],
  home: string,
  stop: () => Promise<void>,
): RunningPostgres => {
  const find = (name: string): readonly [PostgresShard, PostgresNode] => {
    for (const shard of shards) for (const node of shard.nodes) if (node.name === name) return [shard, node];
    throw localStackErrors.NODE_UNKNOWN({ node: name });
  };
  // Nodes may be restarted side by side; their ports are written one after the other.
  let written: Promise<void> = Promise.resolve();
  const keepPorts = () =>
    (written = written.then(async () =>
      writePorts(home, { ...(await readPorts(home)), ...portsOf(shards) }),
    ));
  return {
    get topology() {
      return { shards: shards.map((shard) => urlsOf(shard)) };
    },
    home,
    stop,
    kill: async (name, signal = 'SIGKILL') => find(name)[1].kill(signal),
    restart: async (name) => {
      const [shard, node] = find(name);
      await shard.restart(node);
      await keepPorts();
    },
    pauseReplay: async (name) => pauseReplay(find(name)[1].url),
    resumeReplay: async (name) => resumeReplay(find(name)[1].url),
  };
};

const urlsOf = ({ name, primary, replicas }: PostgresShard): ShardUrls => ({
  name,
  primary: primary.url,
  replicas: replicas.map((replica) => replica.url),
});

type Home = Pick<NodeSurroundings, 'account' | 'binaries' | 'password' | 'logDirectory'> & {
  readonly home: string;
  readonly ports: Readonly<Record<string, number>>;
};

const prepareHome = async (dataDir: string, log: (message: string) => void): Promise<Home> => {
  const standard = postgresAccount();
  const home = await dataHome(dataDir, standard, log);
  const account = standard === undefined ? undefined : ((await ownerOfData(home)) ?? standard);
  const binaries = await preparePostgresBinaries(account, log);
  const logDirectory = join(home, 'logs');
  await mkdir(logDirectory, { recursive: true, mode: 0o700 });
  return {
    home,
    account,
    binaries,
    logDirectory,
    password: await ownPassword(home),
    ports: await readPorts(home),
  };
};

/** Root that finds the data of an ordinary account lets that account go on with it. */
const ownerOfData = async (home: string): Promise<Account | undefined> => {
  const found = await lstat(join(home, 'shard-0', 'primary')).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
};

const portsOf = (shards: readonly PostgresShard[]): Record<string, number> =>
  Object.fromEntries(shards.flatMap((shard) => shard.nodes.map((node) => [node.name, node.port])));

const requireWithin = (name: string, value: number, least: number, most: number): void => {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${value}`);
  }
};

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
};

const ignore = (): void => undefined;
