import type { GatewayContext } from './gateway-context.ts';
import type { SubgraphRequest } from './subgraph-call.ts';

/** One call on its way to a subgraph. */
export type UpstreamCall = {
  readonly request: SubgraphRequest;
  readonly context: GatewayContext;
  /** It changes something: it is never repeated, shared or answered from memory. */
  readonly isMutation: boolean;
  /** What is sent, in JSON. */
  readonly body: string;
  /** On `performance.now()`'s clock; waiting of any kind counts. */
  readonly endsAtMs: number;
  /** It began with less than half of the subgraph's time-out left: that it ends too late says nothing about the subgraph. */
  readonly isHurried: boolean;
  /** Whoever waits for the answer; undefined when nobody's leaving ends the call. */
  readonly caller: Pick<AbortSignal, 'aborted'> | undefined;
};

/** What a subgraph said. */
export type UpstreamAnswer = {
  /** Of the HTTP response; a GraphQL server's own errors may come with any. */
  readonly status: number;
  /** Freshly parsed: whoever gets it may alter it and keep parts of it. */
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  /** In the subgraph's own words: nothing in them is trusted yet. */
  readonly errors: readonly unknown[];
  /** What all that was read from: whoever gives it to a second one reads it again. */
  readonly body: Buffer;
  readonly consistencyToken: string | undefined;
  /** When it was asked for, on `performance.now()`'s clock: whoever shares an answer may have asked later. */
  readonly sentAtMs: number;
  /** The subgraph has changed somebody's rights and could not tell of it yet. */
  readonly isUntold?: boolean;
  /** Given when the subgraph did not say this now, but earlier. */
  readonly degraded?: FromMemory | undefined;
};

/** What stands in for an answer that failed to come. */
export type FromMemory = {
  /** Of the oldest of it. */
  readonly ageMs: number;
  /** Indexes of the entities that nothing is known about: null in the data. */
  readonly missing: readonly number[];
  /** Why the call failed. */
  readonly failure: unknown;
};

export type Send = (call: UpstreamCall) => Promise<UpstreamAnswer>;

/** Limits, repeats or replaces calls. One per subgraph. */
export type Layer = (send: Send) => Send;
