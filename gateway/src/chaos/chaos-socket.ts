import { chmod, lstat, mkdtemp, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '@saas/kernel';
import { serveChaos, type ChaosRules } from './chaos-session.ts';
import { chaosErrors } from './chaos.errors.ts';

const COMMANDS_MAX = 16;
/** Systems take 104 to 108 bytes. */
const PATH_BYTES_MAX = 100;

export type ChaosSocket = {
  /** Ends what commands have begun, and removes the socket. */
  close(): Promise<void>;
};

/**
 * Listens on a Unix socket for `npm run chaos`; this user alone may connect. What a gateway that was killed left there is
 * replaced. A path that is too long for a socket becomes a symbolic link to a shorter one.
 *
 * @throws {AppError} `CHAOS_SOCKET_UNUSABLE` when another gateway listens there, or none can.
 */
export const openChaosSocket = async (path: string, rules: ChaosRules): Promise<ChaosSocket> => {
  const commands = new Set<Socket>();
  const server = createServer((socket) => {
    commands.add(socket);
    socket.once('close', () => commands.delete(socket));
    serveChaos(socket, rules);
  });
  server.maxConnections = COMMANDS_MAX;
  try {
    await makeRoom(path);
    await listen(server, await shortened(path));
    // Until here the umask decided, which elsewhere keeps others from writing.
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    throw unusable(path, error);
  }
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of commands) socket.destroy();
      await closed;
      await remove(path);
    },
  };
};

/** Removes what was left behind, and nothing that is in use or that is no socket. */
const makeRoom = async (path: string): Promise<void> => {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket() && !found.isSymbolicLink()) throw new Error('There is a file of this name.');
  if (await isAnswered(path)) throw new Error('Another gateway listens there.');
  await remove(path);
};

const isAnswered = async (path: string): Promise<boolean> => {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect(real);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
};

/** Where to listen so that whoever follows `path` gets there. */
const shortened = async (path: string): Promise<string> => {
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  const real = join(await mkdtemp(join(tmpdir(), 'chaos-')), 'socket');
  await symlink(real, path);
  return real;
};

const listen = async (server: Server, path: string): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
};

const remove = async (path: string): Promise<void> => {
  const real = await readlink(path).catch(() => undefined);
  await rm(path, { force: true });
  if (real !== undefined) await rm(dirname(real), { recursive: true, force: true });
};

const unusable = (path: string, cause: unknown): AppError => {
  const { CHAOS_SOCKET_UNUSABLE: definition } = chaosErrors.definitions;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError('CHAOS_SOCKET_UNUSABLE', {
    ...definition,
    message: `${definition.message} ${path}: ${reason}`,
  });
};
