import { resilienceErrors } from '@saas/resilience';
import type { Dispatcher } from 'undici';
import { readAnswerHeaders, type AnswerHeaders } from './answer-headers.ts';
import type { CallWatch, WatchedCall } from './call-watch.ts';
import { upstreamErrors } from './upstream.errors.ts';

/** What came back, whole and not looked into yet. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
};

export type ExchangeRequest = Pick<WatchedCall, 'endsAtMs' | 'caller'> & {
  readonly path: string;
  readonly headers: string[];
  readonly body: string;
  readonly bytesMax: number;
};

/**
 * Sends one POST, once, and brings back the whole answer, whatever its status. Redirects are not followed.
 *
 * @throws {AppError} `UPSTREAM_TIMEOUT`, `REQUEST_CANCELLED`; `SUBGRAPH_ANSWER_TOO_LARGE` and `SUBGRAPH_ANSWER_UNUSABLE`
 *   as soon as the headers, or the bytes so far, say so: the connection is then cut. What a socket fails with, unchanged.
 */
export const exchange = async (
  pool: Pick<Dispatcher, 'dispatch'>,
  watch: CallWatch,
  request: ExchangeRequest,
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    new Exchange(pool, watch, request, { resolve, reject }).begin();
  });

type Settle = {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * The hold on one request on the wire: undici calls it back. It speaks undici's older handler interface, in which headers
 * are not made into an object: 2.5 us of some 16 per call.
 */
class Exchange implements Dispatcher.DispatchHandler, WatchedCall {
  readonly endsAtMs: number;
  readonly caller: WatchedCall['caller'];
  place = -1;
  readonly #pool: Pick<Dispatcher, 'dispatch'>;
  readonly #watch: CallWatch;
  readonly #request: ExchangeRequest;
  readonly #settle: Settle;
  #abort: ((error: Error) => void) | undefined;
  #isSettled = false;
  #status = 0;
  #headers: AnswerHeaders | undefined;
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #bytes = 0;

  constructor(
    pool: Pick<Dispatcher, 'dispatch'>,
    watch: CallWatch,
    request: ExchangeRequest,
    settle: Settle,
  ) {
    this.#pool = pool;
    this.#watch = watch;
    this.#request = request;
    this.#settle = settle;
    this.endsAtMs = request.endsAtMs;
    this.caller = request.caller;
  }

  begin(): void {
    this.#watch.add(this);
    const { path, headers, body } = this.#request;
    // The watch keeps the time: from the call, not from the last byte.
    this.#pool.dispatch({ method: 'POST', path, headers, body, headersTimeout: 0, bodyTimeout: 0 }, this);
  }

  giveUp(why: 'late' | 'left'): void {
    const error = why === 'late' ? resilienceErrors.UPSTREAM_TIMEOUT() : upstreamErrors.REQUEST_CANCELLED();
    this.#fail(error);
    this.#abort?.(error);
  }

  onConnect(abort: (error?: Error) => void): void {
    // It was given up while it waited for a connection. Thrown, not aborted: the connection is as good as new.
    if (this.#isSettled) throw new Error('Nobody waits for this any more.');
    this.#abort = abort;
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    if (status < 200) return true;
    this.#status = status;
    this.#headers = readAnswerHeaders(rawHeaders);
    const { encoding, bytes } = this.#headers;
    if (encoding !== undefined) {
      throw upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status, reason: 'its encoding was not asked for' });
    }
    if (bytes !== undefined && bytes > this.#request.bytesMax) {
      throw upstreamErrors.SUBGRAPH_ANSWER_TOO_LARGE({ status, bytesMax: this.#request.bytesMax });
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#request.bytesMax) {
      const { bytesMax } = this.#request;
      throw upstreamErrors.SUBGRAPH_ANSWER_TOO_LARGE({ status: this.#status, bytesMax });
    }
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#more === undefined) this.#more = [this.#first, chunk];
    else this.#more.push(chunk);
    return true;
  }

  onComplete(): void {
    const headers = this.#headers;
    if (this.#isSettled || headers === undefined) return;
    this.#isSettled = true;
    this.#watch.delete(this);
    const body = this.#more ? Buffer.concat(this.#more, this.#bytes) : (this.#first ?? NOTHING);
    this.#settle.resolve({ status: this.#status, headers, body });
  }

  onError(error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#watch.delete(this);
    this.#settle.reject(error);
  }
}

const NOTHING = Buffer.alloc(0);
