import type { Viewer } from '@saas/auth';
import type { RequestLogger } from '@saas/telemetry';
import type { FallbackRules } from './fallback-rules.ts';
import type { TokenKeeper } from './token-keeper.ts';

/** What every call to a subgraph needs to know of the request that it serves. One per request. */
export type GatewayContext = {
  readonly requestId: string;
  readonly logger: RequestLogger;
  readonly viewer: Viewer;
  /** Says whether the client has left. It is looked at every few milliseconds, never listened to. */
  readonly signal: Pick<AbortSignal, 'aborted'>;
  /** On `performance.now()`'s clock. */
  readonly deadlineAtMs: number;
  readonly tokens: TokenKeeper;
  /** The signed viewer for this subgraph; undefined when we share no key with it. Signed once per request. */
  readonly identityFor: (subgraph: string) => string | undefined;
  /** The client's own headers, names in lower case; only what a subgraph's settings list of them is sent on. */
  readonly clientHeaders?: ClientHeaders;
  /** How failing calls are answered from memory; undefined where they must not be, as in requests that change something. */
  readonly fallback?: FallbackRules | undefined;
};

/** As `node:http` gives them. */
export type ClientHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;
