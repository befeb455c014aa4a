import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '@saas/kernel';
import type { SureFault } from './fault.ts';

/** A call that has been read to its end, and what it would be answered with. */
export type FaultyCall = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Where it should have gone. */
  readonly target: URL;
  /** Lets it pass; `through` may hold up the bytes of its answer. */
  readonly pass: (through?: (answer: Readable) => Readable) => void;
  /** Ends when the caller leaves, or the proxy closes. */
  readonly signal: AbortSignal;
};

const HUGE_BYTES = 64 * 1_024 * 1_024;
const DRIP_MS = 100;

/** Answers in the way of a fault. */
export const answerFaulty = (kind: SureFault, call: FaultyCall): void => {
  const { response } = call;
  switch (kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case '500':
      response.writeHead(500, { 'content-type': 'text/html' }).end(errorPage(call.target));
      return;
    case 'slow-drip':
      call.pass((answer) => Readable.from(drip(answer, call.signal)));
      return;
    case 'bad-json':
      response.writeHead(200, json).end('{"data":{"__typename":"Query","me":{"name":"Ad');
      return;
    case 'huge-body':
      sendHuge(response);
      return;
    case 'redirect':
      response.writeHead(307, { location: call.target.href }).end();
      return;
    default:
      assertNever(kind);
  }
};

const json = { 'content-type': 'application/json' };

/** It says where it comes from, as such pages do: whoever relays it to a client is found out. */
const errorPage = ({ host }: URL): string =>
  `<html><body><h1>500 Internal Server Error</h1><hr>${host}</body></html>`;

async function* drip(answer: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.byteLength; at += 1) {
      yield chunk.subarray(at, at + 1);
      await delay(DRIP_MS, undefined, { signal });
    }
  }
}

/** Valid to the last byte, no faster than it is read, and without a length to be warned by. */
const sendHuge = (response: ServerResponse): void => {
  response.writeHead(200, json);
  const body = Readable.from(hugeJson());
  finished(response, () => body.destroy());
  body.pipe(response);
};

function* hugeJson(): Generator<string> {
  const filler = 'x'.repeat(64 * 1_024);
  yield '{"data":null,"extensions":{"filler":"';
  for (let bytes = 0; bytes < HUGE_BYTES; bytes += filler.length) yield filler;
  yield '"}}';
}
