import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../statistics.ts';
import { answerReader } from './answer-reader.ts';

/** Requests of one client: so many a second whatever becomes of them, or one after the other on so many connections. */
export type LoadFlow = {
  readonly name: string;
  readonly perSecond?: number;
  readonly connections?: number;
};

export type LoadOrder = {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  /** Tells the gateway whose request it is. */
  readonly addressHeader: string;
  readonly warmMs: number;
  readonly timedMs: number;
  readonly flows: readonly LoadFlow[];
};

export type FlowResult = {
  readonly name: string;
  readonly served: number;
  readonly refused: number;
  /** Due, and not even sent, for all connections were waiting. */
  readonly unsent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

const CONNECTIONS_MAX = 400;
const STEP_MS = 2;
const REFUSED = 503;
const LATE_MS_MAX = 10_000;
const LOOK_MS = 50;

type Tally = { readonly latenciesMs: number[]; refused: number; unsent: number; pending: number };
type Connection = { readonly send: (dueAtMs: number) => void };

const run = async (order: LoadOrder): Promise<readonly FlowResult[]> => {
  const beginAtMs = performance.now() + order.warmMs;
  const endAtMs = beginAtMs + order.timedMs;
  const isTimed = (dueAtMs: number) => dueAtMs >= beginAtMs && dueAtMs < endAtMs;
  const tallies = order.flows.map((flow) => {
    const tally: Tally = { latenciesMs: [], refused: 0, unsent: 0, pending: 0 };
    const note = (status: number, dueAtMs: number): void => {
      tally.pending -= 1;
      if (!isTimed(dueAtMs)) return;
      if (status === REFUSED) tally.refused += 1;
      else tally.latenciesMs.push(performance.now() - dueAtMs);
    };
    if (flow.connections === undefined) atRate(order, flow, note, tally, isTimed, endAtMs);
    else oneByOne(order, flow, note, tally, endAtMs);
    return { name: flow.name, tally };
  });
  await delay(endAtMs - performance.now());
  // Those that were sent in time still count.
  for (
    let waitedMs = 0;
    waitedMs < LATE_MS_MAX && tallies.some(({ tally }) => tally.pending > 0);
    waitedMs += LOOK_MS
  )
    await delay(LOOK_MS);
  return tallies.map(({ name, tally: { latenciesMs, refused, unsent } }) => ({
    name,
    served: latenciesMs.length,
    refused,
    unsent,
    // A message has no NaN.
    p50Ms: quantile(latenciesMs, 0.5) || 0,
    p99Ms: quantile(latenciesMs, 0.99) || 0,
  }));
};

type Note = (status: number, dueAtMs: number) => void;

const oneByOne = (order: LoadOrder, flow: LoadFlow, note: Note, tally: Tally, endAtMs: number): void => {
  for (let index = 0; index < (flow.connections ?? 0); index += 1) {
    const connection = open(order, flow, note, tally, () => {
      if (performance.now() < endAtMs) connection.send(performance.now());
    });
    connection.send(performance.now());
  }
};

/** What is late is counted from when it was due: a load that waits for a slow answer would not see how slow it is. */
const atRate = (
  order: LoadOrder,
  flow: LoadFlow,
  note: Note,
  tally: Tally,
  isTimed: (atMs: number) => boolean,
  endAtMs: number,
): void => {
  const idle: Connection[] = [];
  let connections = 0;
  let dueAtMs = performance.now();
  const take = (): Connection | undefined => {
    const free = idle.pop();
    if (free !== undefined || connections >= CONNECTIONS_MAX) return free;
    connections += 1;
    const made: Connection = open(order, flow, note, tally, () => idle.push(made));
    return made;
  };
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (; dueAtMs <= nowMs; dueAtMs += 1_000 / (flow.perSecond ?? 1)) {
      const connection = take();
      if (connection !== undefined) connection.send(dueAtMs);
      else if (isTimed(dueAtMs)) tally.unsent += 1;
    }
    if (nowMs >= endAtMs) clearInterval(timer);
  }, STEP_MS);
};

const open = (order: LoadOrder, flow: LoadFlow, note: Note, tally: Tally, onIdle: () => void): Connection => {
  const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
  const request = requestBytes(order, flow);
  const reader = answerReader();
  let dueAtMs = 0;
  socket.on('data', (piece) => {
    const answer = reader(piece);
    if (answer === undefined) return;
    note(answer.status, dueAtMs);
    onIdle();
  });
  socket.on('error', () => socket.destroy());
  return {
    send: (atMs) => {
      dueAtMs = atMs;
      tally.pending += 1;
      socket.write(request);
    },
  };
};

const requestBytes = ({ port, path, body, addressHeader }: LoadOrder, { name }: LoadFlow): Buffer =>
  Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      'content-type: application/json',
      'accept: application/json',
      `${addressHeader}: ${name}`,
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );

process.on('message', (order: LoadOrder) => {
  void run(order).then((results) => process.send?.(results));
});
process.on('disconnect', () => process.exit());
