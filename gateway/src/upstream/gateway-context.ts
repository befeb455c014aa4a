import type { Viewer } from '@saas/auth';
import type { Logger } from '@saas/telemetry';
import type { TokenKeeper } from './token-keeper.ts';

/** What every call to a subgraph needs to know of the request that it serves. One per request. */
export type GatewayContext = {
  readonly requestId: string;
  readonly logger: Logger;
  readonly viewer: Viewer;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  /** On `performance.now()`'s clock. */
  readonly deadlineAtMs: number;
  readonly tokens: TokenKeeper;
  /** The signed viewer for this subgraph; undefined when we share no key with it. Signed once per request. */
  readonly identityFor: (subgraph: string) => string | undefined;
};
