import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerReader } from './answer-reader.ts';

export type Load = {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
};

/** What is seen from outside during one timed window. */
export type Window = {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  /** Also those before and after the window. */
  readonly answers: number;
};

/** A slow candidate gets more time, so that its window says something: until so many answers have come, or so late. */
const ANSWERS_MIN = 32;
const TIMED_MS_MAX = 10_000;
const LOOK_MS = 50;

/**
 * Keeps `connections` requests under way for `warmMs`, then for `timedMs` more, and ends when the last is answered.
 * `onEdge` is called when the timed window begins and when it ends; requests flow across both edges, so that what begins
 * inside and ends outside makes up for what began before.
 *
 * @throws {Error} of an answer that is not 200, or a connection that breaks.
 */
export const underLoad = async (
  load: Load,
  { warmMs, timedMs }: { readonly warmMs: number; readonly timedMs: number },
  onEdge: () => void,
): Promise<Window> => {
  const latenciesMs: number[] = [];
  let answers = 0;
  let state: 'warming' | 'timed' | 'ending' = 'warming';
  const client = {
    request: requestBytes(load),
    isOver: () => state === 'ending',
    onAnswer: (latencyMs: number) => {
      answers += 1;
      if (state === 'timed') latenciesMs.push(latencyMs);
    },
  };
  const connections = Array.from({ length: load.connections }, async () => keepAsking(load.port, client));
  const clock = async (): Promise<number> => {
    await delay(warmMs);
    onEdge();
    state = 'timed';
    const beganAt = performance.now();
    await delay(timedMs);
    while (latenciesMs.length < ANSWERS_MIN && performance.now() - beganAt < TIMED_MS_MAX)
      await delay(LOOK_MS);
    onEdge();
    state = 'ending';
    return performance.now() - beganAt;
  };
  const [elapsedMs] = await Promise.all([clock(), ...connections]);
  return { elapsedMs, latenciesMs, answers };
};

type Client = {
  readonly request: Buffer;
  readonly isOver: () => boolean;
  readonly onAnswer: (latencyMs: number) => void;
};

/** One request after the other on one connection; written by hand, for the load shares a core with the subgraphs. */
const keepAsking = async (port: number, { request, isOver, onAnswer }: Client): Promise<void> =>
  new Promise((resolve, reject) => {
    const reader = answerReader();
    let askedAt = 0;
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const ask = (): void => {
      askedAt = performance.now();
      socket.write(request);
    };
    const end = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.on('connect', ask);
    socket.on('error', end);
    socket.on('close', () => end(new Error('The connection was closed under load.')));
    socket.on('data', (piece) => {
      const answer = reader(piece);
      if (answer === undefined) return;
      onAnswer(performance.now() - askedAt);
      if (answer.status !== 200) end(new Error(`Status ${answer.status} under load.`));
      else if (isOver()) end();
      else ask();
    });
  });

const requestBytes = ({ port, path, body }: Load): Buffer =>
  Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      'content-type: application/json',
      'accept: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
