import { isAppError, parseConsistencyTokens, type ConsistencyTokens } from '@saas/kernel';
import { resilienceErrors } from '@saas/resilience';
import { Pool } from 'undici';
import type { Detours } from './detours.ts';
import { toClientError, type ClientError } from '../http/to-client-error.ts';
import { failureKindOf, failureKinds } from './failure-kinds.ts';
import type { GatewayContext } from './gateway-context.ts';
import { throughLayers } from './layers.ts';
import { relayErrors, type ErrorRule } from './relay-errors.ts';
import { bodyEncoder } from './request-body.ts';
import type { HeaderRules } from './request-headers.ts';
import { openRoute } from './route.ts';
import { sendOnce } from './send-once.ts';
import type { FromMemory, Layer, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

export type SubgraphRequest = {
  /** Read off the query unless given. */
  readonly kind?: 'query' | 'mutation' | 'subscription' | undefined;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  /** The variable `representations`, each of them as JSON; wins over what `variables` say of it. */
  readonly representationsJson?: readonly string[] | undefined;
};

export type SubgraphAnswer = {
  /** Freshly parsed: whoever gets it may alter it and keep parts of it. */
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  /** Fit for clients. */
  readonly errors: readonly ClientError[];
  /** Given when the subgraph did not say this now, but `ageMs` ago or later. */
  readonly degraded?: { readonly ageMs: number } | undefined;
};

/**
 * One subgraph, callable. Close it when nobody will call any more.
 *
 * Whatever limits, repeats or replaces calls takes a client and is one: wrapped from the outside in, an order that is
 * written where clients are built.
 */
export type SubgraphClient = {
  readonly name: string;
  /**
   * Runs one operation at the subgraph. A query is given up when the client leaves; a mutation that was sent is not,
   * for it may already have happened, and the next reader wants to see it whole.
   *
   * @throws {AppError} `SUBGRAPH_UNAVAILABLE` when there is no connection, or what came is no GraphQL answer: a redirect,
   *   a proxy's status, HTML, too many bytes, an encoding that was not asked for; the cause says which. `UPSTREAM_TIMEOUT`
   *   when it took longer than `timeoutMs` or than the request has left, within 10 ms. `SUBGRAPH_CIRCUIT_OPEN` and
   *   `SUBGRAPH_BUSY` when it was not sent. `REQUEST_CANCELLED` when the client has left.
   */
  call(request: SubgraphRequest, context: GatewayContext): Promise<SubgraphAnswer>;
  close(): Promise<void>;
};

export type SubgraphClientOptions = {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly connectionsMax: number;
  /** None besides our own unless given. */
  readonly headers?: HeaderRules | undefined;
  /** Which of the subgraph's errors clients may read: those that it marked, unless given. */
  readonly errors?: ErrorRule | undefined;
  /** None unless given. */
  readonly detours?: Detours;
  /** What a call goes through on its way, from the outside in; nothing unless given. */
  readonly layers?: readonly Layer[];
};

/**
 * Calls one subgraph over a pool of HTTP/1.1 connections of its own. Only our own headers are sent, and those that
 * `headers` lists; redirects are not followed; the answer is read up to `responseBytesMax`.
 */
export const subgraphClient = (options: SubgraphClientOptions): SubgraphClient => {
  const { name, url, timeoutMs, responseBytesMax, headers, errors: rule = 'marked', layers = [] } = options;
  const { origin, pathname, search } = new URL(url);
  const open = (to: string) =>
    new Pool(to, { connections: options.connectionsMax, connect: { timeout: timeoutMs } });
  const route = openRoute({ subgraph: name, origin, open, detours: options.detours });
  const encode = bodyEncoder();
  const wire = sendOnce({ name, path: `${pathname}${search}`, route, responseBytesMax, headers });
  const send = throughLayers(layers, wire);

  const begin = (request: SubgraphRequest, context: GatewayContext): UpstreamCall => {
    if (context.signal.aborted) throw upstreamErrors.REQUEST_CANCELLED();
    const nowMs = performance.now();
    const leftMs = Math.min(timeoutMs, Math.floor(context.deadlineAtMs - nowMs));
    if (leftMs <= 0) throw resilienceErrors.UPSTREAM_TIMEOUT();
    const isMutation = changesSomething(request);
    const body = encode(request);
    const caller = isMutation ? undefined : context.signal;
    const isHurried = leftMs * 2 < timeoutMs;
    return { request, context, isMutation, body, endsAtMs: nowMs + leftMs, isHurried, caller };
  };
  const call = async (request: SubgraphRequest, context: GatewayContext): Promise<SubgraphAnswer> => {
    const begun = begin(request, context);
    try {
      const { data, errors, consistencyToken, degraded } = await send(begun);
      if (degraded !== undefined)
        return answerOf(data, degraded, foreseen(degraded.failure, name, begun), context);
      if (consistencyToken !== undefined) context.tokens.add(ownTokens(name, consistencyToken));
      return { data, errors: errors.length === 0 ? none : relayErrors(errors, name, rule, context.logger) };
    } catch (error) {
      throw foreseen(error, name, begun);
    }
  };
  return { name, call, close: async () => route.close() };
};

const none: readonly ClientError[] = [];

/** The planner writes the operations of a fetch itself; one that changes something begins with this word. */
const changesSomething = ({ kind, query }: SubgraphRequest): boolean =>
  kind === undefined ? /^\s*mutation\b/.test(query) : kind === 'mutation';

/** A subgraph speaks for itself alone: positions that it claims for others are ignored. */
const ownTokens = (name: string, header: string): ConsistencyTokens => {
  const positions = parseConsistencyTokens(header).get(name);
  return positions === undefined ? new Map() : new Map([[name, positions]]);
};

/** An answer from memory; the failure is told for each of the entities that are missing in it. */
const answerOf = (
  data: SubgraphAnswer['data'],
  { ageMs, missing }: FromMemory,
  failure: unknown,
  { logger }: GatewayContext,
): SubgraphAnswer => {
  if (missing.length === 0) return { data, errors: none, degraded: { ageMs } };
  const error = toClientError(failure, logger);
  const errors = missing.map((index) => ({ ...error, path: ['_entities', index] }));
  return { data, errors, degraded: { ageMs } };
};

/** What it was, the log says; a client learns what `failureKinds` lets it learn. */
const foreseen = (error: unknown, subgraph: string, call: UpstreamCall): unknown => {
  const kind = failureKindOf(error, call);
  const { client, log } = failureKinds[kind];
  const { logger } = call.context;
  if (log === 'warn') logger.warn({ subgraph }, 'a call to a subgraph took too long');
  if (log === 'error') logger.error({ subgraph, kind, error }, 'a call to a subgraph failed');
  return isAppError(error, client) ? error : clientErrors[client]({}, error);
};

const clientErrors = { ...upstreamErrors, ...resilienceErrors };
