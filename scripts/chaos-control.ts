import { realpath } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { ChaosAnswer, ChaosQuestion } from '@saas/gateway';
import { AppError } from '@saas/kernel';
import { withDeadline } from '@saas/resilience';
import { chaosCommandErrors } from './chaos.errors.ts';

/** In DATA_DIR: where the gateway of `npm start` listens for chaos commands. */
export const CHAOS_SOCKET = 'chaos.sock';

const ANSWER_MS_MAX = 10_000;

/** A hold on one subgraph's calls. */
export type ChaosHold = {
  /** Resolves when it ended, by us or by the gateway. */
  readonly ended: Promise<void>;
  /** Resolves when the gateway sends the calls to the subgraph again. */
  release(): Promise<void>;
};

/**
 * Where the gateway calls the subgraph.
 *
 * @throws {AppError} `CHAOS_NO_GATEWAY`, `CHAOS_GATEWAY_LEFT`, or what the gateway refuses with.
 */
export const whereIs = async (subgraph: string, path: string): Promise<string> => {
  const socket = await open(path);
  try {
    return (await ask(socket, { subgraph })).url;
  } finally {
    socket.destroy();
  }
};

/**
 * Has the gateway send the subgraph's calls to `origin` until the hold is released, or this process is gone.
 *
 * @throws {AppError} as {@link whereIs}.
 */
export const holdCalls = async (subgraph: string, origin: string, path: string): Promise<ChaosHold> => {
  const socket = await open(path);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  try {
    await ask(socket, { subgraph, origin });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    ended,
    release: async () => {
      socket.end();
      await ended;
    },
  };
};

const open = async (path: string): Promise<Socket> => {
  try {
    const socket = connect(await realpath(path));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return socket;
  } catch (cause) {
    throw noGateway(path, cause);
  }
};

const noGateway = (path: string, cause: unknown): unknown => {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (typeof code !== 'string') return cause;
  const advice =
    code === 'EACCES'
      ? 'It belongs to another account: run the command as that one.'
      : 'Start the system by `npm start`, with the same DATA_DIR as this command; or start a gateway with GATEWAY_CHAOS_SOCKET and give that to this command as well.';
  const { CHAOS_NO_GATEWAY: definition } = chaosCommandErrors.definitions;
  const message = `${definition.message} There is none at ${path} (${code}). ${advice}`;
  return new AppError('CHAOS_NO_GATEWAY', { ...definition, message });
};

type Agreed = Exclude<ChaosAnswer, { status: 'refused' }>;

const ask = async (socket: Socket, question: ChaosQuestion): Promise<Agreed> => {
  socket.write(`${JSON.stringify(question)}\n`);
  const line = await withDeadline({ timeoutMs: ANSWER_MS_MAX }, async () => firstLine(socket));
  const answer = JSON.parse(line) as ChaosAnswer;
  if (answer.status !== 'refused') return answer;
  const { code, message } = answer;
  throw new AppError(code, { audience: 'operator', retryable: false, message });
};

const firstLine = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      socket.off('data', read).resume();
      resolve(text);
    };
    socket.on('data', read).on('error', () => socket.destroy());
    socket.once('close', () => reject(chaosCommandErrors.CHAOS_GATEWAY_LEFT()));
  });
