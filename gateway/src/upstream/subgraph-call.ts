import { IDENTITY_HEADER } from '@saas/auth';
import {
  formatConsistencyTokens,
  isAppError,
  parseConsistencyTokens,
  type ConsistencyTokens,
} from '@saas/kernel';
import { resilienceErrors, withDeadline } from '@saas/resilience';
import { Pool } from 'undici';
import { parseAnswer, type SubgraphAnswer } from './subgraph-answer.ts';
import type { GatewayContext } from './gateway-context.ts';
import { upstreamErrors } from './upstream.errors.ts';

export type SubgraphRequest = {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
};

/** One subgraph, callable. Close it when nobody will call any more. */
export type SubgraphClient = {
  readonly name: string;
  /**
   * Runs one operation at the subgraph. A query is given up when the client leaves; a mutation that was sent is not,
   * for it may already have happened, and the next reader wants to see it whole.
   *
   * @throws {AppError} `SUBGRAPH_UNAVAILABLE` when there is no connection, or what came is no GraphQL answer: another
   *   status than 200 and 400, a redirect, HTML, too many bytes. `UPSTREAM_TIMEOUT` when it took longer than
   *   `timeoutMs` or than the request has left. `REQUEST_CANCELLED` when the client has left.
   */
  call(request: SubgraphRequest, context: GatewayContext): Promise<SubgraphAnswer>;
  close(): Promise<void>;
};

type Options = {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly connectionsMax: number;
};

/** The subgraph should give up a little before we do, so that we still hear what it has to say about it. */
const MARGIN_MS = 25;

/**
 * Calls one subgraph over a pool of connections of its own. Only our own headers are sent, never the client's; redirects
 * are not followed; the answer is read up to `responseBytesMax`.
 */
export const subgraphClient = ({
  name,
  url,
  timeoutMs,
  responseBytesMax,
  connectionsMax,
}: Options): SubgraphClient => {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections: connectionsMax, maxResponseSize: responseBytesMax });

  const send = async (
    request: SubgraphRequest,
    context: GatewayContext,
    leftMs: number,
    signal: AbortSignal,
  ) => {
    const { statusCode, headers, body } = await pool.request({
      method: 'POST',
      path: `${pathname}${search}`,
      headers: headersOf(name, context, leftMs),
      body: JSON.stringify(request),
      signal,
    });
    const text = await body.text();
    const answer = parseAnswer(statusCode, text, request);
    if (answer === undefined) {
      context.logger.error(
        { subgraph: name, statusCode, bytes: text.length },
        'a subgraph gave no GraphQL answer',
      );
      throw upstreamErrors.SUBGRAPH_UNAVAILABLE();
    }
    context.tokens.add(ownTokens(name, headers['consistency-token']));
    return answer;
  };

  return {
    name,
    call: async (request, context) => {
      const leftMs = Math.min(timeoutMs, Math.floor(context.deadlineAtMs - performance.now()));
      if (context.signal.aborted) throw upstreamErrors.REQUEST_CANCELLED();
      if (leftMs <= 0) throw resilienceErrors.UPSTREAM_TIMEOUT();
      const parent = isMutation(request) ? undefined : context.signal;
      try {
        return await withDeadline({ timeoutMs: leftMs, parent }, async (signal) =>
          send(request, context, leftMs, signal),
        );
      } catch (error) {
        throw foreseen(error, parent, name, context);
      }
    },
    // `destroy`, not `close`: whoever stops us has already waited for the requests in hand.
    close: async () => pool.destroy(),
  };
};

const headersOf = (name: string, context: GatewayContext, leftMs: number): Record<string, string> => {
  const identity = context.identityFor(name);
  const tokens = formatConsistencyTokens(context.tokens.all());
  return {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'x-request-id': context.requestId,
    'x-deadline-ms': String(Math.max(1, leftMs - MARGIN_MS)),
    ...(identity !== undefined && { [IDENTITY_HEADER]: identity }),
    ...(tokens !== undefined && { 'consistency-token': tokens }),
  };
};

/** The planner writes the operations of a fetch itself; one that changes something begins with this word. */
const isMutation = ({ query }: SubgraphRequest): boolean => /^\s*mutation\b/.test(query);

/** A subgraph speaks for itself alone: positions that it claims for others are ignored. */
const ownTokens = (name: string, header: string | string[] | undefined): ConsistencyTokens => {
  const positions = parseConsistencyTokens(Array.isArray(header) ? header.join(',') : header).get(name);
  return positions === undefined ? new Map() : new Map([[name, positions]]);
};

/** Everything that a socket can fail with is the same to a client; what it was goes to the log. */
const foreseen = (
  error: unknown,
  parent: AbortSignal | undefined,
  subgraph: string,
  { logger }: GatewayContext,
): unknown => {
  if (parent?.aborted === true) return upstreamErrors.REQUEST_CANCELLED();
  if (isAppError(error, 'UPSTREAM_TIMEOUT')) logger.warn({ subgraph }, 'a call to a subgraph took too long');
  if (isAppError(error)) return error;
  logger.error({ subgraph, error }, 'a subgraph cannot be reached');
  return upstreamErrors.SUBGRAPH_UNAVAILABLE({}, error);
};
