import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Viewer } from '@saas/auth';
import type { ConsistencyToken } from '@saas/event-sourcing';
import {
  formatConsistencyTokens,
  mergeConsistencyTokens,
  parseConsistencyTokens,
  tokenOfService,
  tokensOfService,
} from '@saas/kernel';
import type { Logger } from '@saas/telemetry';

/** One id for everything that one client request causes, in both directions. */
export const REQUEST_ID_HEADER = 'x-request-id';
/** The caller's remaining time, whole milliseconds. */
export const DEADLINE_HEADER = 'x-deadline-ms';
/** In: what reads must see. Out: what writes have reached. See `ConsistencyTokens`. */
export const CONSISTENCY_HEADER = 'consistency-token';

/** What the shell knows of a request; a service's own context adds to it. */
export type SubgraphRequest = {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** What the events that this request leads to say of it. */
  readonly origin: { readonly requestId: string; readonly traceparent?: string };
  /** Every line carries the request's id. */
  readonly logger: Logger;
  /** Aborts when the deadline has passed or the caller has gone; pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** When the deadline passes, on `performance.now()`'s clock. Writes end then too, but not because the caller has gone. */
  readonly endsAtMs: number;
  /** How far this service's reads must see, as the caller asked. */
  readonly token: ConsistencyToken | undefined;
  /** The same, and what this request itself has written so far: for reads that follow a write. */
  readonly currentToken: () => ConsistencyToken | undefined;
  /** After a write: the answer's header tells the caller to see at least this. Several writes add up. */
  readonly keepToken: (token: ConsistencyToken | undefined) => void;
};

/** The caller's request id when it has a decent form, otherwise a new one. */
export const requestIdOf = (headers: IncomingHttpHeaders): string => {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : randomUUID();
};

/**
 * The trace that the caller's request belongs to, when it names one in due form.
 *
 * @see W3C Trace Context, section 3.2: version 00; a trace or parent of zeros alone is none.
 */
export const traceparentOf = ({ traceparent }: IncomingHttpHeaders): string | undefined => {
  const isTrace =
    typeof traceparent === 'string' &&
    /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent);
  return isTrace ? traceparent : undefined;
};

/** The caller's remaining time in milliseconds, never more than `limitMs`; what cannot be read counts as `limitMs`. */
export const deadlineMsOf = (headers: IncomingHttpHeaders, limitMs: number): number => {
  const given = headers[DEADLINE_HEADER];
  const ms = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : limitMs;
  return Math.max(1, Math.min(ms, limitMs));
};

/**
 * Keeps one request's consistency token: this service's part of what the caller sent, and what its own writes added.
 */
export const tokenKeeper = (service: string, headers: IncomingHttpHeaders) => {
  const header = headers[CONSISTENCY_HEADER];
  const asked = tokenOfService(
    parseConsistencyTokens(Array.isArray(header) ? header.join(',') : header),
    service,
  );
  let written = tokensOfService(service, undefined);
  return {
    asked,
    current: (): ConsistencyToken | undefined =>
      tokenOfService(mergeConsistencyTokens(tokensOfService(service, asked), written), service),
    keep: (token: ConsistencyToken | undefined): void => {
      written = mergeConsistencyTokens(written, tokensOfService(service, token));
    },
    /** The text of the answer's header, or undefined when nothing was written. */
    answer: (): string | undefined => formatConsistencyTokens(written),
  };
};
