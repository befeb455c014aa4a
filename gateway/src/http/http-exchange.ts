import type { Readable } from 'node:stream';
import type { RequestLogger } from '@saas/telemetry';
import type { MediaType } from './media-type.ts';

/** A request to the graph by HTTP. A stage that learns something settles it. */
export type HttpRequest = {
  readonly method: string;
  /** Lower-case names; a header that came several times is joined by commas. */
  readonly headers: Headers;
  /** The URL's part from `?` on, or empty. */
  readonly search: string;
  /** Whose it is when nobody has signed in: of the connection, or as a proxy of ours says. */
  readonly clientAddress: string;
  readonly bodyStream: Readable;
  /** The parsed body; undefined for GET. */
  readonly body: unknown;
  /** What the answer is written as. */
  readonly mediaType: MediaType;
  /** The client can take the answer in pieces. */
  readonly acceptsParts: boolean;
  readonly requestId: string;
  readonly logger: RequestLogger;
  /** The moment, on `performance.now()`'s clock, after which nobody waits for the answer. */
  readonly deadlineAtMs: number;
  readonly signal: ClientSignal;
};

/** Says whether the client has left. To be looked at, not listened to: a real signal costs more than all else of a small request. */
export type ClientSignal = Pick<AbortSignal, 'aborted'>;

export type HttpReply = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<string>;
};

export type Headers = Readonly<Record<string, string | undefined>>;
