import type { Viewer } from '@saas/auth';
import type { Logger } from '@saas/telemetry';
import type { TokenKeeper } from '../upstream/token-keeper.ts';

/** A request to the graph, whatever it came by. A stage that learns something passes a richer copy on. */
export type GatewayRequest = {
  readonly method: string;
  /** Lower-case names; a header that came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The URL's part from `?` on, or empty. */
  readonly search: string;
  readonly bodyStream: AsyncIterable<Uint8Array>;
  /** The parsed body; undefined for GET. */
  readonly body: unknown;
  readonly requestId: string;
  readonly logger: Logger;
  readonly viewer: Viewer;
  /** The moment, on `performance.now()`'s clock, after which nobody waits for the answer. */
  readonly deadlineAtMs: number;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  readonly tokens: TokenKeeper;
};

export type GatewayReply = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<string>;
};

export type Handler = (request: GatewayRequest) => Promise<GatewayReply>;

/** One concern of the gateway, wrapped around the rest. Calls `next` once, or answers by itself, or throws. */
export type Stage = {
  readonly name: string;
  readonly handle: (request: GatewayRequest, next: Handler) => Promise<GatewayReply>;
};

/** The first stage is outermost: requests pass the list downwards, replies upwards. */
export const composeStages = (stages: readonly Stage[], core: Handler): Handler =>
  stages.reduceRight<Handler>((next, stage) => (request) => stage.handle(request, next), core);
