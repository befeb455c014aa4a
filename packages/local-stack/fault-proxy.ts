import { Agent as HttpAgent, createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { answerFaulty } from './fault-answers.ts';
import type { Fault } from './fault.ts';

type Options = {
  /** Where calls go that pass; of it only scheme, host and port count, for the path is the caller's. */
  readonly target: string;
  /** None unless given. */
  readonly fault?: Fault;
  /** From 0 to 1, below 1: decides which calls get an error; chance unless given. */
  readonly random?: () => number;
};

/** Since the proxy began. */
export type FaultProxyCounts = {
  readonly calls: number;
  /** Of them, those that a fault was done to; a wait counts. */
  readonly faults: number;
  /** Not answered yet, and not given up by their callers. */
  readonly inFlight: number;
};

export type FaultProxy = {
  /** `http://127.0.0.1:port`, without a path. */
  readonly origin: string;
  /** The target's URL with the proxy's origin. */
  readonly url: string;
  /** For the calls that come from now on; those in flight keep the fault that they met. */
  setFault(fault: Fault): void;
  counts(): FaultProxyCounts;
  /** Closes every connection at once, answered or not. From then on connections are refused. */
  close(): Promise<void>;
};

/**
 * An HTTP proxy on a free port of 127.0.0.1 that passes calls on to one server, and does to them what it is told to. Bodies
 * and headers pass unread; a caller who leaves ends the call at the target too. Only for tests and game days.
 */
export const startFaultProxy = async ({
  target,
  fault: first = { kind: 'none' },
  random = Math.random,
}: Options): Promise<FaultProxy> => {
  const passer = passOnTo(new URL(target));
  let fault = first;
  let calls = 0;
  let faults = 0;
  let inFlight = 0;
  const server = createServer((request, response) => {
    calls += 1;
    inFlight += 1;
    const leaving = new AbortController();
    response.once('close', () => {
      inFlight -= 1;
      leaving.abort();
    });
    const met = chosen(fault, random);
    if (met.kind !== 'none') faults += 1;
    treat(met, { request, response, signal: leaving.signal }, passer);
  });
  server.on('connection', (socket) => void socket.on('error', () => undefined));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { pathname, search } = passer.target;
  return {
    origin,
    url: `${origin}${pathname}${search}`,
    setFault: (next) => {
      fault = next;
    },
    counts: () => ({ calls, faults, inFlight }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      passer.close();
      await closed;
    },
  };
};

/** What becomes of one call: chance is asked here. */
const chosen = (fault: Fault, random: () => number): Exclude<Fault, { kind: 'errors' }> => {
  if (fault.kind !== 'errors') return fault;
  return { kind: random() < fault.share ? '500' : 'none' };
};

type Met = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
};

const treat = (fault: Exclude<Fault, { kind: 'errors' }>, met: Met, passer: Passer): void => {
  const pass = (through?: (answer: Readable) => Readable) => passer.pass(met, through);
  if (fault.kind === 'none') return pass();
  if (fault.kind === 'latency') {
    // A caller who has left by then is passed on to nobody.
    delay(fault.ms, undefined, { signal: met.signal }).then(
      () => pass(),
      () => undefined,
    );
    return;
  }
  if (fault.kind === 'slow-drip') return answerFaulty(fault.kind, { ...met, target: passer.target, pass });
  const target = new URL(met.request.url ?? '/', passer.target);
  met.request.resume().once('end', () => answerFaulty(fault.kind, { ...met, target, pass }));
};

type Passer = {
  readonly target: URL;
  readonly pass: (met: Met, through?: (answer: Readable) => Readable) => void;
  readonly close: () => void;
};

/** They speak of one connection. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

const passOnTo = (target: URL): Passer => {
  const isSecure = target.protocol === 'https:';
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const ask = isSecure ? httpsRequest : httpRequest;
  const pass: Passer['pass'] = ({ request, response, signal }, through = (answer) => answer) => {
    const onward = ask(
      new URL(request.url ?? '/', target),
      { method: request.method, agent, signal, headers: { ...endToEnd(request.headers), host: target.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
        pipeline(through(answer), response, () => undefined);
      },
    );
    // What the target does to us we do to the caller.
    onward.once('error', () => response.socket?.resetAndDestroy());
    pipeline(request, onward, () => undefined);
  };
  return { target, pass, close: () => agent.destroy() };
};

const endToEnd = (headers: IncomingMessage['headers']): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
