import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { converse } from './converse.ts';
import { findProgram } from './find-program.ts';
import { pickPort } from './free-port.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { PrivateServer } from './private-server.ts';
import { startPrivateServer } from './private-server.ts';

/** A Redis of ours alone, without persistence: what it held is gone after `restart`. */
export type RunningRedis = PrivateServer & { readonly url: string; readonly port: number };

/** The path of redis-server; undefined when this machine has none. */
export const findRedisBinary = (): Promise<string | undefined> => findProgram(['redis-server']);

/**
 * Starts a private Redis on a free port of 127.0.0.1 and resolves when it answers `PING`. It ends when we end.
 *
 * @throws {AppError} `SERVER_START_FAILED`, also when the machine has no Redis: ask `findRedisBinary` first.
 */
export const startRedis = async (options: { readonly port?: number } = {}): Promise<RunningRedis> => {
  const binary = await findRedisBinary();
  if (binary === undefined) throw localStackErrors.SERVER_START_FAILED({ missing: 'redis-server' });
  const port = options.port ?? (await pickPort(undefined, new Set()));
  const directory = await mkdtemp(join(tmpdir(), 'local-stack-redis-'));
  const forget = () => rm(directory, { recursive: true, force: true });
  const logFile = join(directory, 'redis.log');
  const server = await startPrivateServer(
    {
      command: binary,
      args: redisArgs(port, directory),
      directory,
      logFile,
      stopSignal: 'TERM',
      forceSignal: 'KILL',
    },
    async () => (await converse(port, 'PING\r\n'))?.toString().startsWith('+PONG') === true,
  ).catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  return {
    ...server,
    // A spread would freeze the process id of the first run.
    get pid() {
      return server.pid;
    },
    port,
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop();
      await forget();
    },
  };
};

/** No snapshots and no log on disk. Protected mode would refuse nothing here: the server is bound to 127.0.0.1. */
export const redisArgs = (port: number, directory: string): readonly string[] => {
  const network = ['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'no'];
  return [...network, '--dir', directory, '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
};
